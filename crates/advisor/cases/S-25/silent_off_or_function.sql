create table a (id int primary key);
create table b (id int primary key);
alter table a enable row level security;
create function mine() returns setof int language sql security definer return (select id from a limit 1);
create policy pa on a using (id in (select mine()) and exists (select from b where b.id = a.id));
create policy pb on b using (exists (select from a where a.id = b.id));
