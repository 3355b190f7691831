create table t (id integer primary key, a text default NULL, b text default 'x');
