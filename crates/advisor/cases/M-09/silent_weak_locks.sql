create table orders (id int primary key, note text);
-- migration
create index concurrently orders_note on orders (note);
insert into orders values (1);
comment on table orders is 'x';
