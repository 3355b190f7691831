create table t (id int unsigned auto_increment primary key, x int) auto_increment = 3000000000;
