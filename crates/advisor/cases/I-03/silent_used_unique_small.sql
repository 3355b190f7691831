-- counted: 40
create table t (id int primary key, a int, b int, c int);
insert into t select n, n, n, n from generate_series(1, 30000) n;
create index used on t (a);
create unique index uniq on t (b);
create index small on t (c) where c < 5;
analyze t;
set enable_seqscan = off;
select * from t where a = 5;
select pg_stat_force_next_flush();
