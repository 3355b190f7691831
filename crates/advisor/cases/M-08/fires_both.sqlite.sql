-- finds: 2
-- fix: none
create table orders (id int primary key, state text);
-- migration
update or ignore orders set state = 'where';
delete from main.orders;
