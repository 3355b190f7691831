-- fix: none
create table parent (id int primary key);
create table a () inherits (parent);
create table b () inherits (parent);
