-- setting: fsync=on
-- setting: full_page_writes=on
-- setting: autovacuum=on
-- setting: zero_damaged_pages=off
-- setting: track_counts=on
-- setting: synchronous_commit=on
select 1;
