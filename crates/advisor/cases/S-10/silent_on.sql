create table t (id int primary key);
alter table t enable row level security;
create policy p on t for select using (id > 0);
create table u (id int primary key);
