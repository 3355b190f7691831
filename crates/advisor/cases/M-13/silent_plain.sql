create table orders (id int primary key);
-- migration
vacuum orders;
vacuum (full off) orders;
analyze orders;
