create table orders (id int primary key, state text);
-- migration
update orders set state = 'x' where id < 10;
