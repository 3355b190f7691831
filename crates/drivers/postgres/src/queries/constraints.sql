-- Primary keys, unique, check, exclusion and (18 and later) named NOT NULL constraints; columns by number.
-- A constraint's schema is its relation's; one without a relation is a domain's.
-- $1 schemas or NULL, $2 relation or NULL, $3 also the server's own, $4 whether definitions are wanted
select k.conrelid, k.conname, k.contype, k.conkey, k.condeferrable, k.condeferred, k.convalidated,
       case when $4::bool then pg_get_constraintdef(k.oid) end, d.description,
       k.coninhcount > 0
from pg_constraint k
join pg_namespace n on n.oid = k.connamespace
left join pg_description d on d.classoid = 'pg_constraint'::regclass and d.objoid = k.oid and d.objsubid = 0
where k.conrelid <> 0 and k.contype in ('p', 'u', 'c', 'x', 'n')
  and ($1::text[] is null or n.nspname = any ($1::text[]))
  and ($2::text is null or k.conrelid in (select c.oid from pg_class c where c.relname = $2::text))
  and n.nspname !~ '^pg_(toast_)?temp_'
  and ($3::bool or not (n.nspname ~ '^pg_' or n.nspname = 'information_schema'))
