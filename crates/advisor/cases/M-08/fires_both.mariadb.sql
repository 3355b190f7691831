-- finds: 2
-- fix: none
create table orders (id int primary key, state text);
-- migration
update orders set state = 'where id = 1' -- where
;
delete from orders;
