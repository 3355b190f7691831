-- finds: 2
-- fix: none
create table orders (id int primary key);
-- migration
vacuum (full, analyze) orders;
cluster orders using orders_pkey;
