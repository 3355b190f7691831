-- Tables with their sizes and use. A size cannot be read while somebody holds the table, or waits to hold it, exclusively:
-- then it is what was written down last.
with held as (
  select distinct coalesce(x.indrelid, t.oid, l.relation) as oid
  from pg_locks l
  left join pg_index x on x.indexrelid = l.relation
  left join pg_class t on t.reltoastrelid = l.relation
  where l.locktype = 'relation' and l.mode = 'AccessExclusiveLock' and l.relation is not null
    and l.pid is distinct from pg_backend_pid()
    and l.database = (select b.oid from pg_database b where b.datname = current_database())
)
select n.nspname, c.relname, c.relkind, nullif(greatest(c.reltuples, -1), -1)::float8::int8, h.oid is not null,
       case when h.oid is null then pg_table_size(c.oid)
            else c.relpages::int8 * current_setting('block_size')::int8 end,
       case when h.oid is null then pg_indexes_size(c.oid)
            else (select sum(i.relpages::int8) * current_setting('block_size')::int8 from pg_index x
                  join pg_class i on i.oid = x.indexrelid where x.indrelid = c.oid)::int8 end,
       s.seq_scan, s.idx_scan, s.n_dead_tup,
       (extract(epoch from greatest(s.last_vacuum, s.last_autovacuum)) * 1000)::int8,
       (extract(epoch from greatest(s.last_analyze, s.last_autoanalyze)) * 1000)::int8
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
left join held h on h.oid = c.oid
left join pg_stat_all_tables s on s.relid = c.oid
where c.relkind in ('r', 'm', 'p')
  and not (n.nspname ~ '^pg_' or n.nspname = 'information_schema')
order by n.nspname collate "C", c.relname collate "C"
