create table orders (id int primary key, note text);
create index orders_note on orders (note);
-- migration
create table scratch (id int);
drop table scratch;
drop index orders_note;
alter table orders drop constraint orders_pkey;
