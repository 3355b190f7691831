-- fix: none
create table t (id int primary key, owner name);
alter table t enable row level security;
create policy own on t for update using (owner = current_user) with check (id = id);
