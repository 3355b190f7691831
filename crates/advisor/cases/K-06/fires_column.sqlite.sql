-- finds: 2
-- fix: none
create table customers (id integer primary key);
create table orders (id integer primary key, customer_id integer references customers (code), shop_id integer references shops);
