-- Foreign keys as they were declared: the copies that the server keeps for partitions, on either side, have a parent.
-- A constraint's schema is its relation's.
-- $1 schemas or NULL, $2 relation or NULL, $3 also the server's own, $4 whether definitions are wanted
select k.conrelid, k.conname, k.conkey, k.confrelid, rn.nspname, r.relname, k.confkey,
       k.confdeltype, k.confupdtype, k.condeferrable, k.condeferred, k.convalidated,
       case when $4::bool then pg_get_constraintdef(k.oid) end, d.description
from pg_constraint k
join pg_namespace n on n.oid = k.connamespace
join pg_class r on r.oid = k.confrelid
join pg_namespace rn on rn.oid = r.relnamespace
left join pg_description d on d.classoid = 'pg_constraint'::regclass and d.objoid = k.oid and d.objsubid = 0
where k.contype = 'f' and k.conparentid = 0
  and ($1::text[] is null or n.nspname = any ($1::text[]))
  and ($2::text is null or k.conrelid in (select c.oid from pg_class c where c.relname = $2::text))
  and n.nspname !~ '^pg_(toast_)?temp_'
  and ($3::bool or not (n.nspname ~ '^pg_' or n.nspname = 'information_schema'))
