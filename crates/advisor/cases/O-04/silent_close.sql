-- fact: followers=[{"kind": "replica", "name": "one", "active": true, "behind_bytes": 1000, "behind_ms": 10, "lost": false, "trouble": null}, {"kind": "slot", "name": "s", "active": false, "behind_bytes": 1000, "behind_ms": null, "lost": false, "trouble": null}]
select 1;
