-- counted: 40
create table t (id int primary key);
insert into t select generate_series(1, 12000);
analyze t;
select pg_stat_force_next_flush();
select 1;
