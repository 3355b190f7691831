-- fix: none
create table t (id int, a int) with (autovacuum_enabled = off);
insert into t select n, n from generate_series(1, 10500) n;
do $$ begin for i in 1..1100 loop perform count(*) from t where a = i; end loop; end $$;
select pg_stat_force_next_flush();
select 1;
