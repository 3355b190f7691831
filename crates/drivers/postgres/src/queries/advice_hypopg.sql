-- Where indexes that are not there can be tried.
select n.nspname
from pg_extension e
join pg_namespace n on n.oid = e.extnamespace
where e.extname = 'hypopg'
