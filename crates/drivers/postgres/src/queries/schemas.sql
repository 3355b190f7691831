-- Schemas. Other sessions' temporary schemas are nobody else's business.
-- $1 schemas or NULL, $2 also the server's own
select n.oid, n.nspname, pg_get_userbyid(n.nspowner), d.description,
       n.nspname ~ '^pg_' or n.nspname = 'information_schema',
       has_schema_privilege(n.oid, 'USAGE')
from pg_namespace n
left join pg_description d on d.classoid = 'pg_namespace'::regclass and d.objoid = n.oid and d.objsubid = 0
where ($1::text[] is null or n.nspname = any ($1::text[]))
  and n.nspname !~ '^pg_(toast_)?temp_'
  and ($2::bool or not (n.nspname ~ '^pg_' or n.nspname = 'information_schema'))
order by n.nspname collate "C"
