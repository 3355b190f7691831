-- fix: none
create table a (id integer primary key);
create table b (id integer primary key, a integer references a (id));
create table c (id integer primary key, a integer references a (id));
create table d (id integer primary key);
