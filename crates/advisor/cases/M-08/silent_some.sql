create table orders (id int primary key, state text);
create table done (id int);
-- migration
update orders set state = 'x' where id < 10;
update orders set state = 'x' from done where done.id = orders.id;
delete from orders using done where done.id = orders.id;
create table fresh as select 1 as id;
update fresh set id = 2;
