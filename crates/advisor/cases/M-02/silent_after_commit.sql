create table orders (id int primary key, customer int);
-- migration
begin;
alter table orders add column note text;
commit;
create index concurrently orders_note on orders (note);
vacuum orders;
