-- Privileges. An object without a list of its own has the server's defaults: of those what the owner has anyway is left
-- out, what everyone has (EXECUTE on functions, USAGE on types) is not.
-- $1 schemas or NULL, $2 relation or NULL, $3 also the server's own
with wanted as (
  select n.oid, n.nspname, n.nspowner, n.nspacl
  from pg_namespace n
  where ($1::text[] is null or n.nspname = any ($1::text[]))
    and n.nspname !~ '^pg_(toast_)?temp_'
    and ($3::bool or not (n.nspname ~ '^pg_' or n.nspname = 'information_schema'))
), objects (kind, schema, name, signature, part, owner, own, acl) as (
  select case c.relkind when 'S' then 'sequence' else 'relation' end, n.nspname, c.relname, null::text, null::name, c.relowner,
         c.relacl, coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner))
  from pg_class c join wanted n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and ($2::text is null or c.relname = $2::text)
  union all
  select 'relation', n.nspname, c.relname, null, a.attname, c.relowner, a.attacl, a.attacl
  from pg_attribute a join pg_class c on c.oid = a.attrelid join wanted n on n.oid = c.relnamespace
  where a.attacl is not null and not a.attisdropped and ($2::text is null or c.relname = $2::text)
    and c.relkind in ('r', 'p', 'v', 'm', 'f')
  union all
  select 'schema', null, n.nspname, null, null, n.nspowner, n.nspacl, coalesce(n.nspacl, acldefault('n', n.nspowner))
  from wanted n where $2::text is null
  union all
  select 'routine', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid), null, p.proowner,
         p.proacl, coalesce(p.proacl, acldefault('f', p.proowner))
  from pg_proc p join wanted n on n.oid = p.pronamespace
  where $2::text is null
    and not exists (select from pg_depend o where o.classid = 'pg_proc'::regclass and o.objid = p.oid and o.deptype = 'i')
  union all
  select 'type', n.nspname, t.typname, null, null, t.typowner, t.typacl, coalesce(t.typacl, acldefault('T', t.typowner))
  from pg_type t join wanted n on n.oid = t.typnamespace left join pg_class c on c.oid = t.typrelid
  where $2::text is null and (t.typtype in ('e', 'd', 'r') or t.typtype = 'c' and c.relkind = 'c'
    or t.typtype = 'b' and not exists (select from pg_type e where e.typarray = t.oid))
  union all
  select 'database', null, b.datname, null, null, b.datdba, b.datacl, coalesce(b.datacl, acldefault('d', b.datdba))
  from pg_database b where b.datname = current_database() and $1::text[] is null and $2::text is null
)
select o.kind, o.schema, o.name, o.signature, o.part,
       case when x.grantee = 0 then 'PUBLIC' else pg_get_userbyid(x.grantee)::text end,
       case when x.grantor <> 0 then pg_get_userbyid(x.grantor)::text end,
       x.privilege_type, x.is_grantable
from objects o
cross join lateral aclexplode(o.acl) x
where o.own is not null or x.grantee <> o.owner
order by o.kind, o.schema collate "C", o.name collate "C", o.signature collate "C", o.part collate "C", 6, 8
