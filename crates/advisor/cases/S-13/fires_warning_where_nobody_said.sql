-- exposed: none
-- level: warning
create table t (id int primary key);
alter table t enable row level security;
create view v as select * from t;
grant select on v to app_owner;
