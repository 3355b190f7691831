-- fact: followers=[{"kind": "slot", "name": "s", "active": false, "behind_bytes": null, "behind_ms": null, "lost": true, "trouble": "wal_removed"}]
-- level: error
-- fix: not run
select 1;
