-- server: >=18
create table orders (id int primary key, total numeric);
-- migration
alter table orders add constraint paid check (total >= 0) not enforced;
