-- Who a statement is tried as, and what the login may do for it.
-- $1 the role, or NULL for the login itself
select r.oid, r.rolname, r.rolsuper, r.rolbypassrls,
       current_user::text, current_setting('role'), pg_backend_pid(), pg_is_in_recovery(),
       current_setting('transaction_read_only') = 'on',
       has_database_privilege(current_database(), 'TEMP'),
       case when not pg_is_in_recovery() then txid_current()::text end,
       pg_has_role(session_user, r.oid, 'MEMBER'),
--since 16:       pg_has_role(session_user, r.oid, 'SET'),
--before 16:       pg_has_role(session_user, r.oid, 'MEMBER'),
       array(select unnest(s.setconfig)
             from pg_db_role_setting s
             where s.setrole = r.oid
               and s.setdatabase in (0, (select d.oid from pg_database d where d.datname = current_database()))
             order by s.setdatabase),
       session_user::text
from (select coalesce($1::text, current_user::text) as name) w
join pg_roles r on r.rolname = w.name
