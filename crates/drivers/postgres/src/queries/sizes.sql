-- Sizes in bytes: of relations with their indexes and long values, and of indexes alone.
-- $1 relations by number, $2 relations that somebody holds exclusively
select w.oid, pg_total_relation_size(w.oid)
from unnest($1::oid[]) as w (oid)
where not w.oid = any ($2::oid[])
union all
select x.indexrelid, pg_relation_size(x.indexrelid)
from pg_index x
where x.indrelid = any ($1::oid[]) and not x.indrelid = any ($2::oid[])
