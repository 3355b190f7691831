-- How many places are taken, of how many for those who are no superusers.
select (select sum(numbackends)::int8 from pg_stat_database where datid <> 0),
       (select sum(setting::int8 * case name when 'max_connections' then 1 else -1 end)::int8 from pg_settings
        where name in ('max_connections', 'superuser_reserved_connections', 'reserved_connections')),
       (select count(*)::int8 from pg_stat_activity where state = 'idle')
