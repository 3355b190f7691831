create table a (x int, y int, primary key (x, y));
create table swapped (id int primary key, x int, y int, foreign key (x, y) references a);
create index on swapped (y, x, id);
create table hashed (id int primary key, parent int references hashed);
create index on hashed using hash (parent);
create table without_nulls (id int primary key, parent int references without_nulls);
create index on without_nulls (parent) where parent is not null;
create table own_key (id int primary key references hashed);
