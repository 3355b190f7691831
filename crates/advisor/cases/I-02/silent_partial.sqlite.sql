create table t (id integer primary key, a int, b int);
create index one on t (a) where b > 0;
create index two on t (a, b);
