-- fix: none
create table t (id int primary key, owner name);
alter table t enable row level security;
grant insert (owner) on t to web_user;
create policy p on t for insert with check (owner = current_user);
