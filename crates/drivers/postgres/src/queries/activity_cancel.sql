-- Cancels a session's statement, where it is still that session and that statement.
-- $1 its number, $2 when it was opened or NULL, $3 when the statement began or NULL
select pg_cancel_backend(a.pid)
from pg_stat_activity a
where a.pid = $1::int4 and a.pid <> pg_backend_pid()
  and ($2::text is null or extract(epoch from a.backend_start)::text = $2::text)
  and ($3::text is null or extract(epoch from a.query_start)::text = $3::text)
