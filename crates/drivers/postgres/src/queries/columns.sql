-- Columns; types and collations by number: there are few of them, and looking them up for every column would take longer than
-- all else. Only a generated column's expression speaks of other columns: an ordinary default is printed without opening its
-- relation, which would cost more still.
-- $1 schemas or NULL, $2 relation or NULL, $3 also the server's own, $4 relations that somebody holds exclusively
select a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attnotnull, a.attidentity, a.attgenerated, a.attcollation,
       e.adrelid is not null,
       case when a.attgenerated = '' then pg_get_expr(e.adbin, 0)
            when not a.attrelid = any ($4::oid[]) then pg_get_expr(e.adbin, e.adrelid) end,
       d.description, a.attinhcount > 0
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_attrdef e on e.adrelid = a.attrelid and e.adnum = a.attnum
left join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = a.attrelid and d.objsubid = a.attnum
where c.relkind in ('r', 'p', 'v', 'm', 'f')
  and ($1::text[] is null or n.nspname = any ($1::text[]))
  and ($2::text is null or c.relname = $2::text)
  and n.nspname !~ '^pg_(toast_)?temp_'
  and ($3::bool or not (n.nspname ~ '^pg_' or n.nspname = 'information_schema'))
