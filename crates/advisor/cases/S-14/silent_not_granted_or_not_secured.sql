create table t (id int primary key);
create table s (id int primary key);
alter table s enable row level security;
create materialized view m as select * from t;
create materialized view n as select * from s;
grant select on m to web_user;
grant select on n to app_owner;
