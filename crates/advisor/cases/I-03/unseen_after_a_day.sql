-- counted: 1
create table t (id int primary key, a int);
insert into t select n, n from generate_series(1, 30000) n;
create index never_used on t (a);
analyze t;
