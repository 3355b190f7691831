create table t (a text primary key) strict, without rowid;
create view v as select 1;
