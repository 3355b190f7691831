-- Functions, procedures, aggregates and window functions, without those that come with a range type.
-- $1 schemas or NULL, $2 also the server's own, $3 whether definitions are wanted
select p.pronamespace, p.proname, p.prokind, pg_get_function_arguments(p.oid),
       pg_get_function_identity_arguments(p.oid), pg_get_function_result(p.oid), l.lanname,
       p.provolatile, p.prosecdef, p.proconfig, pg_get_userbyid(p.proowner),
       case when $3::bool and p.prokind <> 'a' then pg_get_functiondef(p.oid) end, d.description
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
left join pg_language l on l.oid = p.prolang
left join pg_description d on d.classoid = 'pg_proc'::regclass and d.objoid = p.oid and d.objsubid = 0
where not exists (select from pg_depend o where o.classid = 'pg_proc'::regclass and o.objid = p.oid and o.deptype = 'i')
  and ($1::text[] is null or n.nspname = any ($1::text[]))
  and n.nspname !~ '^pg_(toast_)?temp_'
  and ($2::bool or not (n.nspname ~ '^pg_' or n.nspname = 'information_schema'))
order by n.nspname collate "C", p.proname collate "C", pg_get_function_identity_arguments(p.oid) collate "C"
