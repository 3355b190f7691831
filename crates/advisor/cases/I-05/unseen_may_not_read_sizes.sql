-- fact: bloat="this login may not read sizes and statistics of tables"
create table t (id int primary key);
