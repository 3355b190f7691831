create table a (id int primary key, c regclass, r regrole, t regtype, o oid);
create view v as select 'now'::regproc as p;
