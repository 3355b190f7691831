-- fact: transactions={"old": [{"session": "12", "user": "app", "application": "web", "age_ms": 70000, "idle_ms": 100, "waiting": 0}, {"session": "12", "user": "app", "application": "web", "age_ms": 100, "idle_ms": null, "waiting": 2}], "hidden": 0}
select 1;
