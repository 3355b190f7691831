-- fact: followers=[{"kind": "replica", "name": "one", "active": true, "behind_bytes": 2000000000, "behind_ms": 10, "lost": false, "trouble": null}, {"kind": "replica", "name": "two", "active": true, "behind_bytes": 10, "behind_ms": 600000, "lost": false, "trouble": null}, {"kind": "slot", "name": "two", "active": true, "behind_bytes": 2000000000, "behind_ms": null, "lost": false, "trouble": null}, {"kind": "itself", "name": "this server", "active": false, "behind_bytes": 0, "behind_ms": 0, "lost": false, "trouble": null}]
-- finds: 4
-- fix: none
select 1;
