-- Whether others follow this server.
select exists (select from pg_stat_replication)
