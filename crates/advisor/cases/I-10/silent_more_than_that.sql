create table t (id int primary key, a int not null, b int);
create index one on t (a) where a is not null and b > 0;
create index two on t (a) where b is not null;
create index three on t (a) where a > 0;
