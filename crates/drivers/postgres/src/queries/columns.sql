-- Columns. Names of collations are as qualified as the server's own type names are. Only a generated column's expression
-- speaks of other columns: an ordinary default is printed without opening its relation, which would cost more than all else.
-- $1 schemas or NULL, $2 relation or NULL, $3 also the server's own, $4 relations that somebody holds exclusively
select a.attrelid, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod),
       a.attnotnull or t.typtype = 'd' and t.typnotnull,
       a.attidentity, a.attgenerated, e.adrelid is not null,
       case when a.attgenerated = '' then pg_get_expr(e.adbin, 0)
            when not a.attrelid = any ($4::oid[]) then pg_get_expr(e.adbin, e.adrelid) end,
       case when ln.nspname = 'pg_catalog' then quote_ident(l.collname)
            else quote_ident(ln.nspname) || '.' || quote_ident(l.collname) end,
       d.description
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join pg_type t on t.oid = a.atttypid
left join pg_attrdef e on e.adrelid = a.attrelid and e.adnum = a.attnum
left join pg_collation l on l.oid = a.attcollation and a.attcollation <> t.typcollation
left join pg_namespace ln on ln.oid = l.collnamespace
left join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = a.attrelid and d.objsubid = a.attnum
where c.relkind in ('r', 'p', 'v', 'm', 'f')
  and ($1::text[] is null or n.nspname = any ($1::text[]))
  and ($2::text is null or c.relname = $2::text)
  and n.nspname !~ '^pg_(toast_)?temp_'
  and ($3::bool or not (n.nspname ~ '^pg_' or n.nspname = 'information_schema'))
