-- Extensions, with what came with them, but for what the server's own schemas hold.
select e.extname, e.extversion, n.nspname, d.description, m.kinds, m.schemas, m.names, m.signatures
from pg_extension e
left join pg_namespace n on n.oid = e.extnamespace
left join pg_description d on d.classoid = 'pg_extension'::regclass and d.objoid = e.oid and d.objsubid = 0
left join lateral (
  select array_agg(o.kind order by o.place) as kinds, array_agg(o.schema order by o.place) as schemas,
         array_agg(o.name order by o.place) as names, array_agg(o.signature order by o.place) as signatures
  from (
    select row_number() over () as place, f.*
    from pg_depend p
    cross join lateral (
      select case c.relkind when 'S' then 'sequence' else 'relation' end, c.relnamespace, c.relname::text, ''
      from pg_class c where p.classid = 'pg_class'::regclass and c.oid = p.objid and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
      union all
      select 'routine', r.pronamespace, r.proname::text, pg_get_function_identity_arguments(r.oid)
      from pg_proc r where p.classid = 'pg_proc'::regclass and r.oid = p.objid
      union all
      select 'type', t.typnamespace, t.typname::text, ''
      from pg_type t where p.classid = 'pg_type'::regclass and t.oid = p.objid
    ) found (kind, namespace, name, signature)
    join lateral (select found.kind, s.nspname::text, found.name, found.signature
                  from pg_namespace s where s.oid = found.namespace
                    and not (s.nspname ~ '^pg_' or s.nspname = 'information_schema')) f (kind, schema, name, signature) on true
    where p.refclassid = 'pg_extension'::regclass and p.refobjid = e.oid and p.deptype = 'e'
  ) o
) m on true
order by e.extname collate "C"
