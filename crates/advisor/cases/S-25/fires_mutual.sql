-- finds: 2
-- fix: none
create table a (id int primary key);
create table b (id int primary key);
create table c (id int primary key);
alter table a enable row level security;
alter table b enable row level security;
alter table c enable row level security;
create policy pa on a using (exists (select from b where b.id = a.id));
create policy pb on b using (id in (select id from only a));
create policy pc on c using (id in (select id from a));
