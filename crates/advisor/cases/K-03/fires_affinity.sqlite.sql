-- fix: none
create table customers (id integer primary key);
create table orders (id integer primary key, customer_id text references customers (id));
