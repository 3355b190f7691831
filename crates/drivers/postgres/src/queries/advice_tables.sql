-- Use of tables.
select s.schemaname, s.relname, s.n_live_tup, s.n_dead_tup, s.seq_scan, s.seq_tup_read, s.idx_scan,
       s.n_tup_ins + s.n_tup_upd + s.n_tup_del
from pg_stat_user_tables s
order by s.schemaname collate "C", s.relname collate "C"
