create table t (id integer primary key, a text);
create index one on t (a);
create index two on t (a);
