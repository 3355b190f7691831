create table t (id int primary key, owner name);
alter table t enable row level security;
grant select on t to web_user;
create policy r on t as restrictive using (owner = current_user);
create policy s on t for select using (true);
create table u (id int primary key, owner name);
alter table u enable row level security;
create policy p on u using (owner = current_user);
