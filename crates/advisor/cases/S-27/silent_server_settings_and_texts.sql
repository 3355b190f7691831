create table t (id int primary key, owner text);
alter table t enable row level security;
create policy p on t using (owner = current_setting('timezone') or owner = 'current_setting(''app.x'')');
