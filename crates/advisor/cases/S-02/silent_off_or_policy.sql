create table a (id int primary key);
create table b (id int primary key);
alter table b enable row level security;
create policy p on b as restrictive using (true);
