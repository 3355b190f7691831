-- Schemas. Other sessions' temporary schemas are nobody else's business.
-- $1 schemas or NULL, $2 also the server's own, $3 a relation whose columns' types are wanted with their schemas, or NULL
select n.oid, n.nspname, pg_get_userbyid(n.nspowner), d.description,
       n.nspname ~ '^pg_' or n.nspname = 'information_schema',
       has_schema_privilege(n.oid, 'USAGE')
from pg_namespace n
left join pg_description d on d.classoid = 'pg_namespace'::regclass and d.objoid = n.oid and d.objsubid = 0
where ($1::text[] is null or n.nspname = any ($1::text[])
       or $3::text is not null and n.oid in (
       with recursive used (type) as (
         select a.atttypid from pg_attribute a
         join pg_class c on c.oid = a.attrelid
         join pg_namespace s on s.oid = c.relnamespace
         where a.attnum > 0 and not a.attisdropped and c.relname = $3::text
           and ($1::text[] is null or s.nspname = any ($1::text[]))
         union
         select part.type from used join pg_type e on e.oid = used.type
         cross join lateral (
           select e.typbasetype where e.typtype = 'd' union all select e.typelem where e.typelem <> 0 union all
           select a.atttypid from pg_attribute a where e.typtype = 'c' and a.attrelid = e.typrelid and a.attnum > 0
             and not a.attisdropped) as part (type))
         select t.typnamespace from used join pg_type t on t.oid = used.type))
  and n.nspname !~ '^pg_(toast_)?temp_'
  and ($2::bool or not (n.nspname ~ '^pg_' or n.nspname = 'information_schema'))
order by n.nspname collate "C"
