-- Settings that rules look at.
select name, setting from pg_settings
where name in ('autovacuum', 'autovacuum_freeze_max_age', 'fsync', 'full_page_writes', 'log_min_duration_statement',
               'password_encryption', 'row_security', 'shared_preload_libraries', 'synchronous_commit', 'track_activities',
               'track_counts', 'wal_level', 'zero_damaged_pages')
