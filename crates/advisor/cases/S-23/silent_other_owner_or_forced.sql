-- as: app_owner
create table t (id int primary key);
alter table t enable row level security;
create table u (id int primary key);
alter table u enable row level security;
alter table u force row level security;
alter table u owner to app_owner;
