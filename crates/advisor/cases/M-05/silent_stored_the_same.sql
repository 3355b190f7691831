create table orders (id int primary key, note varchar(20), total numeric(8, 2), made timestamp(3));
-- migration
alter table orders alter column note type text;
alter table orders alter column total type numeric(12, 2);
alter table orders alter column made type timestamp(6);
alter table orders rename constraint orders_pkey to orders_key;
