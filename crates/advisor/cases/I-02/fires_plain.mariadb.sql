create table t (id int primary key, a int, b int);
create index one on t (a);
create index two on t (a, b);
