-- counted: 40
-- fact: tables=[{"schema": "public", "name": "a", "live_rows": 20000, "dead_rows": 0, "sequential_scans": 0, "sequential_rows": 0, "index_scans": 0, "written_rows": 0}, {"schema": "public", "name": "b", "live_rows": 20000, "dead_rows": 0, "sequential_scans": 5, "sequential_rows": 9, "index_scans": 9, "written_rows": 0}]
create table a (id int primary key);
create table b (id int primary key);
