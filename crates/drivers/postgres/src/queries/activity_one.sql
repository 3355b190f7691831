-- One session as it is now.
-- $1 its number
select extract(epoch from a.backend_start)::text, extract(epoch from a.query_start)::text, a.state,
       a.pid = pg_backend_pid()
from pg_stat_activity a
where a.pid = $1::int4
