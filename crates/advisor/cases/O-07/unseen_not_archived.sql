-- fact: archiving={"on": false, "archived": 0, "failed": 0, "last_archived_ms": null, "last_failed_ms": null}
select 1;
