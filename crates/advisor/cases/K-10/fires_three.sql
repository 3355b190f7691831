-- fix: none
create table a (id int primary key, b int);
create table b (id int primary key, c int);
create table c (id int primary key, a int references a);
alter table a add foreign key (b) references b;
alter table b add foreign key (c) references c;
create table outside (id int primary key, a int references a);
