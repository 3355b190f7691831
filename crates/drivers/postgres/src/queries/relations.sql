-- Relations of every kind, without sizes: those are slow and have a query of their own.
-- Without an access list the owner's roles have every privilege: asking that is cheaper than asking for each relation.
-- $1 schemas or NULL, $2 relation or NULL, $3 also the server's own
select c.oid, c.relnamespace, c.relname, c.relkind, c.relispartition, c.relpersistence,
       pg_get_userbyid(c.relowner), d.description, c.reltuples::float8::int8, c.relpages,
       c.relrowsecurity, c.relforcerowsecurity, c.reloptions,
       p.oid, pn.nspname, p.relname,
       case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end,
       case when c.relispartition then pg_get_expr(c.relpartbound, 0) end,
       c.relacl is null and pg_has_role(c.relowner, 'USAGE') or has_table_privilege(c.oid, 'SELECT'),
       c.relhassubclass and c.relkind in ('r', 'f') and not c.relispartition,
       c.relhasrules and c.relkind in ('r', 'p')
         and exists (select from pg_rewrite w where w.ev_class = c.oid and w.is_instead and w.ev_enabled <> 'D'),
       h.schemas, h.names
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
left join pg_inherits i on i.inhrelid = c.oid and c.relispartition
left join pg_class p on p.oid = i.inhparent
left join pg_namespace pn on pn.oid = p.relnamespace
left join (
  select i.inhrelid, array_agg(n.nspname::text order by i.inhseqno) as schemas, array_agg(p.relname::text order by i.inhseqno) as names
  from pg_inherits i
  join pg_class p on p.oid = i.inhparent and p.relkind in ('r', 'f')
  join pg_namespace n on n.oid = p.relnamespace
  group by i.inhrelid
) h on h.inhrelid = c.oid
left join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = c.oid and d.objsubid = 0
where c.relkind in ('r', 'p', 'v', 'm', 'f')
  and ($1::text[] is null or n.nspname = any ($1::text[]))
  and ($2::text is null or c.relname = $2::text)
  and n.nspname !~ '^pg_(toast_)?temp_'
  and ($3::bool or not (n.nspname ~ '^pg_' or n.nspname = 'information_schema'))
order by n.nspname collate "C", c.relname collate "C"
