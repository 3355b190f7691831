-- finds: 2
-- fix: none
create table t (id int primary key, a int, b int);
alter table t enable row level security;
create policy everything on t using (a > 0);
create policy adding on t for insert to web_user with check (b > 0);
create policy seeing on t for select to web_anon using (b > 1);
