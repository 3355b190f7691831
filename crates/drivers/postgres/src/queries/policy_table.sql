-- A table whose rows are looked at, and how it stands to a role.
-- $1 schema, $2 table, $3 the role's number
select c.oid, c.relkind::text, c.relrowsecurity, c.relforcerowsecurity,
       pg_has_role($3::oid, c.relowner, 'USAGE'), row_security_active(c.oid),
       array(select a.attname::text from pg_attribute a
             where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum),
       array(select a.attname::text from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
             where i.indrelid = c.oid and i.indisprimary order by a.attnum)
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1::text and c.relname = $2::text
