create table t (id int primary key);
alter table t enable row level security;
create policy p on t using (id > 0);
create policy q on t to web_user using (id > 1);
