create table a (id int primary key, up int references a);
create table b (id int primary key, a int references a, x int references b);
create table c (id int primary key, a int references a, b int references b);
