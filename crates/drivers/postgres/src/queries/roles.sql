-- Roles with their direct memberships; the server's predefined ones (pg_…) only when asked for.
-- $1 also the server's own
select r.rolname, r.rolsuper, r.rolcanlogin, r.rolinherit, r.rolbypassrls, r.rolcreatedb, r.rolcreaterole, r.rolreplication,
       array(select distinct g.rolname::text from pg_auth_members m join pg_roles g on g.oid = m.roleid
             where m.member = r.oid order by 1),
       d.description
from pg_roles r
left join pg_shdescription d on d.classoid = 'pg_authid'::regclass and d.objoid = r.oid
where $1::bool or r.rolname !~ '^pg_'
order by r.rolname collate "C"
