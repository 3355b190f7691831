-- fact: archiving={"on": true, "archived": 7, "failed": 3, "last_archived_ms": 1000, "last_failed_ms": 2000}
-- fix: none
select 1;
