-- Buckets whose files anybody may fetch.
select id from storage.buckets where public order by id collate "C" limit 1000
