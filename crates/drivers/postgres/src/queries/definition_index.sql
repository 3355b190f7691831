-- The relation an index belongs to.
-- $1 schema, $2 index
select c.relname
from pg_class ic
join pg_namespace n on n.oid = ic.relnamespace
join pg_index x on x.indexrelid = ic.oid
join pg_class c on c.oid = x.indrelid
where n.nspname = $1::text and ic.relname = $2::text
