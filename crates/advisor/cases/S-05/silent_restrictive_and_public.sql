create table t (id int primary key, owner name);
alter table t enable row level security;
create policy nothing on t as restrictive;
create policy open on t for update using (true) with check (true);
create policy own on t using (owner = current_user) with check (owner = current_user and id > 0);
create policy ins on t for insert with check (true);
