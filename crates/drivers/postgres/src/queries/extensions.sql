-- Extensions.
select e.extname, e.extversion, n.nspname, d.description
from pg_extension e
left join pg_namespace n on n.oid = e.extnamespace
left join pg_description d on d.classoid = 'pg_extension'::regclass and d.objoid = e.oid and d.objsubid = 0
order by e.extname collate "C"
