-- finds: 5
-- fix: none
create table orders (id int primary key, note varchar(20), total numeric(8, 2), state text);
create view open_orders as select state from orders;
-- migration
alter table orders alter column id type bigint;
alter table orders alter column note type varchar(10), alter column total type numeric(8, 3);
alter table orders rename column note to remark;
alter view open_orders rename to orders_open;
