-- server: >=18
create table orders (id int primary key, total numeric);
-- migration
alter table orders add constraint there not null total;
