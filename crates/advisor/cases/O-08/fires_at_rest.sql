-- counted: 40
-- fix: none
-- fact: tables=[{"schema": "public", "name": "old ones", "live_rows": 20000, "dead_rows": 0, "sequential_scans": 0, "sequential_rows": 0, "index_scans": 0, "written_rows": 0}, {"schema": "public", "name": "orders", "live_rows": 20000, "dead_rows": 0, "sequential_scans": 5, "sequential_rows": 9, "index_scans": 9, "written_rows": 7}, {"schema": "public", "name": "few", "live_rows": 200, "dead_rows": 0, "sequential_scans": 0, "sequential_rows": 0, "index_scans": 0, "written_rows": 0}]
create table "old ones" (id int primary key);
create table orders (id int primary key);
create table few (id int primary key);
