-- The statements that make each of some sequences again, behind the place of the sequence among those asked for.
-- $1 schemas, $2 sequences: as many
with wanted as materialized (
  select w.number, n.oid as schema_id, n.nspname, w.sequence_name
  from unnest($1::text[], $2::text[]) with ordinality as w (schema_name, sequence_name, number)
  join pg_namespace n on n.nspname = w.schema_name
)
select n.number, format(E'CREATE SEQUENCE %s AS %s\n    START WITH %s\n    INCREMENT BY %s\n    MINVALUE %s\n    MAXVALUE %s\n    CACHE %s%s', y.full_name,
    format_type(s.seqtypid, null), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, case when s.seqcycle then E'\n    CYCLE' else '' end),
  (select format('ALTER SEQUENCE %s OWNED BY %I.%I.%I', y.full_name, tn.nspname, t.relname, a.attname)
   from pg_depend o join pg_class t on t.oid = o.refobjid join pg_namespace tn on tn.oid = t.relnamespace
   join pg_attribute a on a.attrelid = o.refobjid and a.attnum = o.refobjsubid
   where o.classid = 'pg_class'::regclass and o.objid = c.oid and o.objsubid = 0 and o.refclassid = 'pg_class'::regclass
     and o.refobjsubid > 0 and o.deptype = 'a'),
  case when d.description is not null then format('COMMENT ON SEQUENCE %s IS %L', y.full_name, d.description) end
from wanted n
join pg_class c on c.relnamespace = n.schema_id and c.relname = n.sequence_name
join pg_sequence s on s.seqrelid = c.oid
cross join lateral (select format('%I.%I', n.nspname, c.relname)) as y (full_name)
left join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = c.oid and d.objsubid = 0
order by n.number
