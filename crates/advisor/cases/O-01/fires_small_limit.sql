-- setting: autovacuum_freeze_max_age=1
-- fix: none
select 1;
