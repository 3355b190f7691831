-- fix: none
create table t (id integer primary key, a text default 'NULL');
