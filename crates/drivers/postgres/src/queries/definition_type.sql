-- The statements that make each of some types again, behind the place of the type among those asked for;
-- NULL for a base type, whose functions are written in C.
-- $1 schemas, $2 types: as many
with wanted as materialized (
  select w.number, n.oid as schema_id, n.nspname, w.type_name
  from unnest($1::text[], $2::text[]) with ordinality as w (schema_name, type_name, number)
  join pg_namespace n on n.nspname = w.schema_name
)
select n.number, case t.typtype
    when 'e' then format(E'CREATE TYPE %s AS ENUM (%s)', y.full_name,
      coalesce((select E'\n    ' || string_agg(quote_literal(e.enumlabel), E',\n    ' order by e.enumsortorder) || E'\n'
                from pg_enum e where e.enumtypid = t.oid), ''))
    when 'c' then format(E'CREATE TYPE %s AS (%s)', y.full_name,
      coalesce((select E'\n    ' || string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod))
           || coalesce((select format(' COLLATE %I.%I', ln.nspname, l.collname) from pg_collation l
                        join pg_namespace ln on ln.oid = l.collnamespace join pg_type at on at.oid = a.atttypid
                        where l.oid = a.attcollation and a.attcollation <> at.typcollation), ''),
           E',\n    ' order by a.attnum) || E'\n'
         from pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped), ''))
    when 'd' then format('CREATE DOMAIN %s AS %s%s%s%s%s', y.full_name, format_type(t.typbasetype, t.typtypmod),
      coalesce((select format(' COLLATE %I.%I', ln.nspname, l.collname) from pg_collation l
                join pg_namespace ln on ln.oid = l.collnamespace join pg_type b on b.oid = t.typbasetype
                where l.oid = t.typcollation and t.typcollation <> b.typcollation), ''),
      coalesce(E'\n    DEFAULT ' || t.typdefault, ''), case when t.typnotnull then E'\n    NOT NULL' else '' end,
      coalesce((select string_agg(format(E'\n    CONSTRAINT %I %s', k.conname, pg_get_constraintdef(k.oid)), '' order by k.conname collate "C")
                from pg_constraint k where k.contypid = t.oid and k.contype = 'c' and k.convalidated), ''))
    when 'r' then (select format(E'CREATE TYPE %s AS RANGE (\n    SUBTYPE = %s%s%s%s%s%s\n)', y.full_name, format_type(r.rngsubtype, null),
        coalesce((select format(E',\n    SUBTYPE_OPCLASS = %I.%I', nn.nspname, o.opcname) from pg_opclass o
                  join pg_namespace nn on nn.oid = o.opcnamespace where o.oid = r.rngsubopc and not o.opcdefault), ''),
        coalesce((select format(E',\n    COLLATION = %I.%I', nn.nspname, l.collname) from pg_collation l
                  join pg_namespace nn on nn.oid = l.collnamespace join pg_type b on b.oid = r.rngsubtype
                  where l.oid = r.rngcollation and b.typcollation <> r.rngcollation), ''),
        case when r.rngcanonical <> 0 then E',\n    CANONICAL = ' || r.rngcanonical::regproc::text else '' end,
        case when r.rngsubdiff <> 0 then E',\n    SUBTYPE_DIFF = ' || r.rngsubdiff::regproc::text else '' end,
--before 14:        '')
--since 14:        coalesce((select format(E',\n    MULTIRANGE_TYPE_NAME = %I', m.typname) from pg_type m
--since 14:                  where m.oid = r.rngmultitypid), ''))
      from pg_range r where r.rngtypid = t.oid)
  end,
  case when d.description is not null then
    format('COMMENT ON %s %s IS %L', case when t.typtype = 'd' then 'DOMAIN' else 'TYPE' end, y.full_name, d.description) end
from wanted n
join pg_type t on t.typnamespace = n.schema_id and t.typname = n.type_name
cross join lateral (select format('%I.%I', n.nspname, t.typname)) as y (full_name)
left join pg_description d on d.classoid = 'pg_type'::regclass and d.objoid = t.oid and d.objsubid = 0
order by n.number
