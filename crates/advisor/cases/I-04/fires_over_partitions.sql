-- fix: none
create table parent (id int, code int) partition by range (id);
create table leaf partition of parent for values from (0) to (10);
create index only_head on only parent (code);
