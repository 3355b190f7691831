-- Sequences without their values, which only reading each of them tells.
-- Their owners apart (OFFSET keeps them so): to plan one join of eight takes longer than to run it.
-- $1 schemas or NULL, $2 also the server's own, $3 only of this name or NULL
select c.oid, c.relnamespace, n.nspname, c.relname, format_type(s.seqtypid, null),
       s.seqstart, s.seqmin, s.seqmax, s.seqincrement, s.seqcycle,
       u.nspname, u.relname, u.attname, pg_get_userbyid(c.relowner), d.description,
       has_schema_privilege(n.oid, 'USAGE') and has_sequence_privilege(c.oid, 'SELECT'),
       s.seqcache
from pg_sequence s
join pg_class c on c.oid = s.seqrelid
join pg_namespace n on n.oid = c.relnamespace
left join pg_depend o on o.classid = 'pg_class'::regclass and o.objid = c.oid and o.objsubid = 0
  and o.refclassid = 'pg_class'::regclass and o.refobjsubid > 0 and o.deptype in ('a', 'i')
left join lateral (
  select tn.nspname, t.relname, a.attname
  from pg_class t
  join pg_namespace tn on tn.oid = t.relnamespace
  join pg_attribute a on a.attrelid = t.oid and a.attnum = o.refobjsubid
  where t.oid = o.refobjid
  offset 0
) u on true
left join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = c.oid and d.objsubid = 0
where ($1::text[] is null or n.nspname = any ($1::text[]))
  and ($3::text is null or c.relname = $3::text)
  and n.nspname !~ '^pg_(toast_)?temp_'
  and ($2::bool or not (n.nspname ~ '^pg_' or n.nspname = 'information_schema'))
order by n.nspname collate "C", c.relname collate "C"
