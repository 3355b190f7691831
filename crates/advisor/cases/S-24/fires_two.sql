-- fix: none
create table t (id int primary key);
alter table t enable row level security;
create policy a on t as restrictive using (id > 0);
create policy b on t as restrictive for select to web_user using (true);
