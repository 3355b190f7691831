-- fact: transactions={"old": [{"session": "12", "user": "app", "application": "web", "age_ms": 70000, "idle_ms": 100, "waiting": 3}, {"session": null, "user": "app", "application": "gid", "age_ms": 370000, "idle_ms": 370000, "waiting": 1}], "hidden": 0}
-- finds: 2
-- level: error
-- fix: none
select 1;
