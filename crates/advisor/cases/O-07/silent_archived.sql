-- fact: archiving={"on": true, "archived": 7, "failed": 1, "last_archived_ms": 4000000000000, "last_failed_ms": 2000}
select 1;
