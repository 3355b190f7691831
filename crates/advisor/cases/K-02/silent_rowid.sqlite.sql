create table customers (id integer primary key);
create table details (id integer primary key references customers (id), note text);
create table orders (id integer primary key, customer_id integer references customers (id));
create index orders_customer on orders (customer_id);
