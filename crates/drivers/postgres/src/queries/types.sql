-- Enums, domains, composites, ranges and base types. Array and multirange types come with their element and are left out,
-- and so are the row types of relations.
-- $1 schemas or NULL, $2 also the server's own, $3 the relation whose columns' types alone are wanted, wherever they are, or NULL
select t.typnamespace, t.typname, t.typtype, pg_get_userbyid(t.typowner), d.description,
       case t.typtype when 'd' then format_type(t.typbasetype, t.typtypmod) when 'r' then format_type(r.rngsubtype, null) end,
       case when t.typtype = 'e' then
         array(select e.enumlabel::text from pg_enum e where e.enumtypid = t.oid order by e.enumsortorder) end,
       case when t.typtype = 'c' then
         array(select a.attname::text from pg_attribute a
               where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped order by a.attnum) end,
       case when t.typtype = 'c' then
         array(select format_type(a.atttypid, a.atttypmod) from pg_attribute a
               where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped order by a.attnum) end,
       case when t.typtype = 'd' then
         array(select pg_get_constraintdef(k.oid) from pg_constraint k
               where k.contypid = t.oid and k.contype = 'c' order by k.conname collate "C") end,
       t.typtype = 'd' and t.typnotnull, case when t.typtype = 'd' then t.typdefault end,
       case when t.typtype = 'd' then
         array(select k.conname::text from pg_constraint k
               where k.contypid = t.oid and k.contype = 'c' order by k.conname collate "C") end
from pg_type t
join pg_namespace n on n.oid = t.typnamespace
left join pg_class c on c.oid = t.typrelid
left join pg_range r on r.rngtypid = t.oid
left join pg_description d on d.classoid = 'pg_type'::regclass and d.objoid = t.oid and d.objsubid = 0
where (t.typtype in ('e', 'd', 'r') or t.typtype = 'c' and c.relkind = 'c'
       or t.typtype = 'b' and not exists (select from pg_type e where e.typarray = t.oid))
  and case when $3::text is null then $1::text[] is null or n.nspname = any ($1::text[])
       else t.oid in (
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
         select type from used) end
  and n.nspname !~ '^pg_(toast_)?temp_'
  and ($2::bool or not (n.nspname ~ '^pg_' or n.nspname = 'information_schema'))
order by n.nspname collate "C", t.typname collate "C"
