-- finds: 3
create table a (id int primary key, owner name);
alter table a enable row level security;
create policy first on a using (owner = current_user);
create policy second on a using (owner = current_user);
create table b (id int primary key, owner name);
alter table b enable row level security;
create policy everything on b for select using (true);
create policy own on b for select to web_user using (owner = current_user);
create table c (id int primary key, owner name);
alter table c enable row level security;
create policy p on c using (true);
create policy r on c as restrictive using (owner = current_user);
create policy s on c as restrictive for update using (owner = current_user);
