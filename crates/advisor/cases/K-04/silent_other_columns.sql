create table a (x int primary key, y int unique);
create table b (x int references a, y int references a (y), z int references a);
