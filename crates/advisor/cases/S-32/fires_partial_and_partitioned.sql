-- finds: 2
create table a (id int primary key, owner name);
create index on a (owner) where id > 5;
create index on a (id, owner);
alter table a enable row level security;
create policy p on a for select using (owner = current_user);
create policy q on a for update using (current_user = owner);
create table b (id int, owner name) partition by range (id);
create table b1 partition of b for values from (0) to (9);
alter table b enable row level security;
create policy p on b using (owner = current_user);
