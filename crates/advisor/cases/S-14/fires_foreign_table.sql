-- finds: 2
create extension postgres_fdw schema pg_catalog;
create server far foreign data wrapper postgres_fdw;
create foreign table "f.f" (id int) server far;
grant select, insert on "f.f" to web_user;
create table t (id int primary key);
alter table t enable row level security;
create view v as select * from t;
create materialized view "m m" as select * from v;
grant select (id) on "m m" to public;
