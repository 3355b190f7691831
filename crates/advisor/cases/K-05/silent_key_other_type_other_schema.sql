create schema other;
create table other.suppliers (id int primary key);
create table customers (id int primary key);
create table orders (id int primary key, customer_id int references customers, supplier_id int);
create table logs (id int primary key, customer_id bigint);
create table customer (id int primary key, customer_id int references customers);
