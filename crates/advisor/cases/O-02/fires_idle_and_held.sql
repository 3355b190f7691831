-- fact: transactions={"old": [{"session": "12", "user": "app", "application": "web 1", "age_ms": 400000, "idle_ms": 390000, "waiting": 0}, {"session": "13", "user": "app", "application": "web 1", "age_ms": 500000, "idle_ms": 490000, "waiting": 0}, {"session": "14", "user": "job", "application": "", "age_ms": 4000000, "idle_ms": null, "waiting": 0}, {"session": "15", "user": "new", "application": "", "age_ms": 70000, "idle_ms": 1000, "waiting": 0}], "hidden": 0}
-- finds: 2
-- fix: none
select 1;
