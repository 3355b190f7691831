-- finds: 2
-- refused: yes
create table orders (id int primary key, customer int);
create index orders_customer on orders (customer);
-- migration
start transaction;
drop index concurrently orders_customer;
vacuum orders;
commit;
