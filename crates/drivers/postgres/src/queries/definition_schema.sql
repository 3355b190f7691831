-- The statements that make one schema again, without what is in it.
-- $1 schema
select format('CREATE SCHEMA %I', n.nspname),
  case when d.description is not null then format('COMMENT ON SCHEMA %I IS %L', n.nspname, d.description) end
from pg_namespace n
left join pg_description d on d.classoid = 'pg_namespace'::regclass and d.objoid = n.oid and d.objsubid = 0
where n.nspname = $1::text
