-- fix: none
create table t (id smallint auto_increment primary key, x int) auto_increment = 32000;
