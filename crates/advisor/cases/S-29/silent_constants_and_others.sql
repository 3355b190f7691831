create table t (id int primary key, owner name, kind text);
alter table t enable row level security;
create policy constant on t for update using (kind = 'draft') with check (kind <> 'secret');
create policy same on t for update using (owner = current_user) with check (owner = current_user);
create policy fallback on t for update using (owner = current_user);
create policy open on t for update using (owner = current_user) with check (true);
create policy shut on t for update using (owner = current_user) with check (false);
create policy narrows on t as restrictive for update using (owner = current_user) with check (kind <> 'secret');
