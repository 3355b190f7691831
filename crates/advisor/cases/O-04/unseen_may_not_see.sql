-- fact: followers=[{"kind": "replica", "name": "one", "active": null, "behind_bytes": null, "behind_ms": null, "lost": false, "trouble": null}]
select 1;
