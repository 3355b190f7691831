-- fact: archiving={"on": true, "archived": 7, "failed": 0, "last_archived_ms": 1000, "last_failed_ms": null}
-- level: info
-- fix: none
select 1;
