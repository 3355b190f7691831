-- Names of collations, as qualified as the server's own type names are.
-- $1 collations by number
select l.oid, case when n.nspname = 'pg_catalog' then quote_ident(l.collname)
                   else quote_ident(n.nspname) || '.' || quote_ident(l.collname) end
from pg_collation l
join pg_namespace n on n.oid = l.collnamespace
where l.oid = any ($1::oid[])
