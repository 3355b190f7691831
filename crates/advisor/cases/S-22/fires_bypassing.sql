-- as: app_admin
-- fix: none
create table t (id int primary key);
alter table t enable row level security;
