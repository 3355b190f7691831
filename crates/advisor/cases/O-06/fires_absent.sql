-- fix: not run
select 1;
