-- fix: none
create table t (id int primary key, owner text);
alter table t enable row level security;
create policy p on t for insert with check (owner = current_setting('app.user', false) or owner = current_setting('App.other'));
