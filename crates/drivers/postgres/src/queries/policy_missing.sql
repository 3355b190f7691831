-- Which privileges a role has on relations.
-- $1 the role's number, $2 the relations in SQL
select n.nspname, c.oid::regclass::text, has_schema_privilege($1::oid, n.oid, 'USAGE'),
       has_table_privilege($1::oid, c.oid, 'SELECT'), has_any_column_privilege($1::oid, c.oid, 'SELECT'),
       has_table_privilege($1::oid, c.oid, 'INSERT'), has_any_column_privilege($1::oid, c.oid, 'INSERT'),
       has_table_privilege($1::oid, c.oid, 'UPDATE'), has_any_column_privilege($1::oid, c.oid, 'UPDATE'),
       has_table_privilege($1::oid, c.oid, 'DELETE'), has_table_privilege($1::oid, c.oid, 'TRUNCATE')
from unnest($2::text[]) with ordinality as w (name, number)
join pg_class c on c.oid = to_regclass(w.name)
join pg_namespace n on n.oid = c.relnamespace
order by w.number
