-- What came with an extension.
select m.kind, m.schema, m.name, m.signature
from (
  select d.objid, d.classid from pg_depend d
  where d.deptype = 'e' and d.refclassid = 'pg_extension'::regclass
) o
cross join lateral (
  select 'relation', n.nspname, c.relname, null::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where o.classid = 'pg_class'::regclass and c.oid = o.objid
  union all
  select 'routine', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where o.classid = 'pg_proc'::regclass and p.oid = o.objid
  union all
  select 'type', n.nspname, t.typname, null from pg_type t join pg_namespace n on n.oid = t.typnamespace
  where o.classid = 'pg_type'::regclass and t.oid = o.objid
  union all
  select 'schema', null, n.nspname, null from pg_namespace n
  where o.classid = 'pg_namespace'::regclass and n.oid = o.objid
) m (kind, schema, name, signature)
