-- finds: 2
-- fix: none
create table orders (id int primary key);
-- migration
alter table orders add column note text;
create index concurrently if not exists orders_note on orders (note);
