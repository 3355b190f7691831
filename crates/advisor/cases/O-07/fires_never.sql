-- fact: archiving={"on": true, "archived": 0, "failed": 0, "last_archived_ms": null, "last_failed_ms": null}
-- level: warning
-- fix: none
select 1;
