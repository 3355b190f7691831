-- Sessions and the server's own processes, oldest first. Of others' sessions a login without the right sees whose, not what.
-- Ours are those of the same login from the same place that call themselves as this one does.
with me as (
  select usesysid, client_addr, application_name as name,
         regexp_replace(application_name, ' [a-z]+( [0-9a-f]{8})?$', '') as program
  from pg_stat_activity where pid = pg_backend_pid()
)
select a.pid, extract(epoch from a.backend_start)::text, a.usename, a.datname,
       case when a.client_addr is not null then host(a.client_addr) || coalesce(':' || a.client_port, '')
            when a.client_port = -1 then 'socket' end,
       a.application_name, a.state,
       (extract(epoch from clock_timestamp() - a.state_change) * 1000)::int8,
       (extract(epoch from clock_timestamp() - a.xact_start) * 1000)::int8,
       a.wait_event_type, a.wait_event, a.query,
       (extract(epoch from clock_timestamp() - a.query_start) * 1000)::int8,
       extract(epoch from a.query_start)::text,
       octet_length(a.query) >= z.setting::int4 - 1,
       a.backend_type,
       coalesce(a.usesysid = me.usesysid and a.client_addr is not distinct from me.client_addr
                and me.name <> '' and (a.application_name = me.name
                or left(a.application_name, length(me.program) + 1) = me.program || ' '), false),
       a.pid = pg_backend_pid()
from pg_stat_activity a
left join me on true
left join pg_settings z on z.name = 'track_activity_query_size'
order by a.backend_start nulls last, a.pid
