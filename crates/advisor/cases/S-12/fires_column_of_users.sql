-- fix: none
create schema auth;
create table auth.users (id int primary key, raw_user_meta_data jsonb);
create table t (id int primary key);
alter table t enable row level security;
create policy p on t for update using (exists (select from auth.users u where u.id = t.id
  and u.raw_user_meta_data ->> 'role' = 'admin'));
