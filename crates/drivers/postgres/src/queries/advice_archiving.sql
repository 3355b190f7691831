-- Whether the log is archived, and how that goes.
select (select setting <> 'off' from pg_settings where name = 'archive_mode'), a.archived_count, a.failed_count,
       (extract(epoch from a.last_archived_time) * 1000)::int8, (extract(epoch from a.last_failed_time) * 1000)::int8
from pg_stat_archiver a
