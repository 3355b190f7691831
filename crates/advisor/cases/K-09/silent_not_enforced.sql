-- server: >=18
create table a (id int primary key, n int, constraint c check (n > 0) not enforced);
