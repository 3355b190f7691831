create table orders (id int primary key, customer int);
-- migration
create index concurrently orders_customer on orders (customer);
reindex index concurrently orders_customer;
drop index concurrently orders_customer;
create table fresh (id int, note text);
create index fresh_note on fresh (note);
create materialized view report as select id from fresh with no data;
refresh materialized view report with no data;
