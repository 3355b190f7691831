-- fix: none
create table people (id integer primary key, password text);
