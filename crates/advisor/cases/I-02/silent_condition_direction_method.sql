create table t (id int primary key, a int, b int, p point);
create index i1 on t (a) where b > 0;
create index i2 on t (a desc, b);
create index i3 on t (a, b);
create index i4 on t using hash (a);
create index i5 on t (b) include (p);
create index i6 on t (b, id);
