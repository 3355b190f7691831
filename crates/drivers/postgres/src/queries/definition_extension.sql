-- The statement that installs one extension again.
-- $1 extension
select format('CREATE EXTENSION IF NOT EXISTS %I WITH SCHEMA %I VERSION %L', e.extname, n.nspname, e.extversion)
from pg_extension e
join pg_namespace n on n.oid = e.extnamespace
where e.extname = $1::text
