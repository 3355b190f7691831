-- How far the sequences behind columns have come. The view asks each sequence, which locks it for as long as this takes.
select tn.nspname, t.relname, a.attname, s.schemaname, s.sequencename, s.last_value, s.max_value, s.increment_by, s.cycle
from pg_sequences s
join pg_namespace n on n.nspname = s.schemaname
join pg_class c on c.relnamespace = n.oid and c.relname = s.sequencename and c.relkind = 'S'
join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid and d.objsubid = 0
  and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0 and d.deptype in ('a', 'i')
join pg_class t on t.oid = d.refobjid
join pg_namespace tn on tn.oid = t.relnamespace
join pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid
order by 1, 2, 3
