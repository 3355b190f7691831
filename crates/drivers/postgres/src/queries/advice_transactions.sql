-- Transactions of this database that are open for a minute or hold others up, prepared ones too; and of how many sessions this
-- login does not see what they do. Who waits for whom is asked of those alone that wait for a lock.
with recursive waits as (
  select a.pid as waiter, b.pid as blocker
  from pg_stat_activity a
  cross join lateral unnest(pg_blocking_pids(a.pid)) as b (pid)
  where a.wait_event_type = 'Lock' and a.datname = current_database()
),
held (waiter, blocker) as (
  select waiter, blocker from waits
  union
  select h.waiter, w.blocker from held h join waits w on w.waiter = h.blocker
),
hidden as (
  select count(*)::int8 as sessions from pg_stat_activity
  where query = '<insufficient privilege>' and datname = current_database() and usename is not null
),
open as (
  select a.pid::text as pid, a.usename::text as usename, a.application_name as application,
         (extract(epoch from clock_timestamp() - a.xact_start) * 1000)::int8 as age,
         case when a.state like 'idle%' then (extract(epoch from clock_timestamp() - a.state_change) * 1000)::int8 end as idle,
         (select count(distinct h.waiter)::int8 from held h where h.blocker = a.pid) as waiting
  from pg_stat_activity a
  where a.xact_start is not null and a.backend_type = 'client backend' and a.datname = current_database()
    and a.pid <> pg_backend_pid()
  union all
  select null, p.owner::text, p.gid, (extract(epoch from clock_timestamp() - p.prepared) * 1000)::int8,
         (extract(epoch from clock_timestamp() - p.prepared) * 1000)::int8, 0
  from pg_prepared_xacts p
  where p.database = current_database()
)
select hidden.sessions, o.pid, o.usename, o.application, o.age, o.idle, o.waiting
from hidden
left join (select * from open where age >= 60000 or waiting > 0 order by age desc limit 50) o on true
order by o.age desc
