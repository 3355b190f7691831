-- fix: none
create table t (id int primary key, "line 1" text, "line 2" text, "line 3" text);
