-- Who follows this server, up to where its log is kept for whom, and how far behind it is itself. A login without the right sees
-- that somebody follows, and not how far.
with me as (
  select pg_is_in_recovery() as follows,
         case when pg_is_in_recovery() then pg_last_wal_receive_lsn() else pg_current_wal_lsn() end as at
)
select 'replica', coalesce(nullif(r.application_name, ''), host(r.client_addr), r.pid::text),
       r.state in ('streaming', 'catchup', 'backup'), pg_wal_lsn_diff(me.at, r.replay_lsn)::int8,
       (extract(epoch from r.replay_lag) * 1000)::int8, false, null::text
from pg_stat_replication r cross join me
where r.state is distinct from 'backup'
union all
select 'slot', s.slot_name::text, s.active, pg_wal_lsn_diff(me.at, s.restart_lsn)::int8, null,
--since 13:       s.wal_status = 'lost',
--before 13:       false,
--since 17:       s.invalidation_reason
--before 17:       null
from pg_replication_slots s cross join me
where not s.temporary
union all
select 'itself', 'this server', exists (select from pg_stat_wal_receiver), pg_wal_lsn_diff(me.at, pg_last_wal_replay_lsn())::int8,
       case when me.at = pg_last_wal_replay_lsn() then 0
            else (extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000)::int8 end, false, null
from me
where me.follows
order by 1, 2
