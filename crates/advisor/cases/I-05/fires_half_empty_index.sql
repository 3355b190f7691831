-- fix: not run
-- fact: bloat=[{"schema": "public", "table": "t.t", "index": "of a", "bytes": 40000000, "wasted_bytes": 30000000, "live_rows": 0, "dead_rows": 0, "last_vacuum_ms": null}, {"schema": "public", "table": "t.t", "index": "full", "bytes": 400000000, "wasted_bytes": 30000000, "live_rows": 0, "dead_rows": 0, "last_vacuum_ms": null}, {"schema": "public", "table": "t.t", "index": "not known", "bytes": 400000000, "wasted_bytes": null, "live_rows": 0, "dead_rows": 0, "last_vacuum_ms": null}]
create table "t.t" (id int primary key, a int);
