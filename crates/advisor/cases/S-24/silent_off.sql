create table t (id int primary key);
create policy a on t as restrictive using (id > 0);
create table u (id int primary key);
alter table u enable row level security;
create policy p on u using (id > 0);
