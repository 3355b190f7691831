-- Relations that somebody holds, or waits to hold, exclusively: their expressions and sizes cannot be read without waiting.
-- An index or a long-value table counts as its relation.
select distinct coalesce(x.indrelid, t.oid, l.relation)
from pg_locks l
left join pg_index x on x.indexrelid = l.relation
left join pg_class t on t.reltoastrelid = l.relation
where l.locktype = 'relation' and l.mode = 'AccessExclusiveLock' and l.relation is not null
  and l.pid <> pg_backend_pid()
  and l.database = (select b.oid from pg_database b where b.datname = current_database())
