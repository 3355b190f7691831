-- as: app_owner
-- fix: none
create table t (id int primary key);
alter table t enable row level security;
alter table t owner to app_owner;
