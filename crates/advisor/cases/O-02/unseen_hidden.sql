-- fact: transactions={"old": [], "hidden": 2}
select 1;
