-- Ends a session, where it is still that session.
-- $1 its number, $2 when it was opened or NULL
select pg_terminate_backend(a.pid)
from pg_stat_activity a
where a.pid = $1::int4 and a.pid <> pg_backend_pid()
  and ($2::text is null or extract(epoch from a.backend_start)::text = $2::text)
