-- undo: none
create table "t.t" (id int primary key, filler text) with (autovacuum_enabled = off);
insert into "t.t" select n, 'x' from generate_series(1, 30000) n;
delete from "t.t" where id % 3 > 0;
select pg_stat_force_next_flush();
select 1;
