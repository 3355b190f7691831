-- transaction: tool
-- refused: yes
create table orders (id int primary key, customer int);
-- migration
create index concurrently orders_customer on orders (customer);
