-- fix: none
create table t (id int primary key, a int, b int, c int);
create index i1 on t (a, b, id, c);
create index i2 on t (a, b, id);
create index i3 on t (a, b, id, c);
create index i4 on t (a, b, id);
create index i5 on t (a, b, id, c);
create index i6 on t (a, b, id);
create index i7 on t (a, b, id, c);
create index i8 on t (a, b, id);
create index i9 on t (a, b, id, c);
create index i10 on t (a, b, id);
