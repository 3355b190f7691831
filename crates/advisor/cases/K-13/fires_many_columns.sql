-- fix: none
create table a (w int, x int, y int, z int, primary key (w, x, y, z));
create table b (id int primary key, w int, x int, y int, z int, foreign key (w, x, y, z) references a);
