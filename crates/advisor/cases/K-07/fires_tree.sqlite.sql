-- fix: none
create table t (id integer primary key, parent_id integer references t (id));
