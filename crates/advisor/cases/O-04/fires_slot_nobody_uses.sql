-- fact: followers=[{"kind": "slot", "name": "it's old", "active": false, "behind_bytes": 300000000, "behind_ms": null, "lost": false, "trouble": null}]
-- fix: not run
select 1;
