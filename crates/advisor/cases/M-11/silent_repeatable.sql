create table orders (id int primary key);
-- migration
set search_path = public;
alter table orders add column if not exists note text;
create index concurrently if not exists orders_note on orders (note);
drop table if exists old_orders;
create or replace view notes as select note from orders;
