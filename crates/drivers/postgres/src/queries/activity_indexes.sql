-- Indexes with their sizes and use.
with held as (
  select distinct coalesce(x.indrelid, l.relation) as oid
  from pg_locks l
  left join pg_index x on x.indexrelid = l.relation
  where l.locktype = 'relation' and l.mode = 'AccessExclusiveLock' and l.relation is not null
    and l.pid is distinct from pg_backend_pid()
    and l.database = (select b.oid from pg_database b where b.datname = current_database())
)
select n.nspname, i.relname, c.relname, h.oid is not null,
       case when h.oid is null then pg_relation_size(i.oid)
            else i.relpages::int8 * current_setting('block_size')::int8 end,
       s.idx_scan,
--since 16:       (extract(epoch from s.last_idx_scan) * 1000)::int8,
--before 16:       null::int8,
       x.indisprimary, x.indisunique, x.indisvalid
from pg_index x
join pg_class i on i.oid = x.indexrelid
join pg_class c on c.oid = x.indrelid
join pg_namespace n on n.oid = i.relnamespace
left join held h on h.oid = c.oid
left join pg_stat_all_indexes s on s.indexrelid = i.oid
where c.relkind in ('r', 'm', 'p')
  and not (n.nspname ~ '^pg_' or n.nspname = 'information_schema')
order by n.nspname collate "C", c.relname collate "C", i.relname collate "C"
