-- Which relations views read, by what the server keeps of their queries.
select distinct vn.nspname, v.relname, tn.nspname, t.relname
from pg_rewrite w
join pg_class v on v.oid = w.ev_class and v.relkind in ('v', 'm')
join pg_namespace vn on vn.oid = v.relnamespace
join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid and d.refclassid = 'pg_class'::regclass
  and d.refobjid <> v.oid
join pg_class t on t.oid = d.refobjid
join pg_namespace tn on tn.oid = t.relnamespace
where not (vn.nspname ~ '^pg_' or vn.nspname = 'information_schema')
