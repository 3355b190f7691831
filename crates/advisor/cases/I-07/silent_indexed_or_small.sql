create table small (id int, a int);
insert into small select n, n from generate_series(1, 100) n;
do $$ begin for i in 1..1100 loop perform count(*) from small where a = i; end loop; end $$;
create table t (id int primary key, a int);
insert into t select n, n from generate_series(1, 10500) n;
analyze t;
do $$ begin for i in 1..1100 loop perform count(*) from t where id = i; end loop; end $$;
select pg_stat_force_next_flush();
select 1;
