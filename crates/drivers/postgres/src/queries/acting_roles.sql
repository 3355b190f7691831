-- The roles, and which of them the login may become.
select r.rolname, r.rolsuper, r.rolbypassrls, r.rolcanlogin,
--since 16:       pg_has_role(session_user, r.oid, 'SET')
--before 16:       pg_has_role(session_user, r.oid, 'MEMBER')
from pg_roles r
order by r.rolname
