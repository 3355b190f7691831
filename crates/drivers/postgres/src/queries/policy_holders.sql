-- Who is in the way of a session. Number 0 is a prepared transaction.
-- $1 the session's number
select b.pid, a.usename, a.application_name, a.query, (extract(epoch from clock_timestamp() - a.xact_start) * 1000)::int8
from (select distinct unnest(pg_blocking_pids($1::int4)) as pid) b
left join pg_stat_activity a on a.pid = b.pid
order by a.xact_start nulls last, b.pid
