-- exposed: none
create table t (id int primary key);
