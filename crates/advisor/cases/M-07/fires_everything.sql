-- finds: 5
-- fix: none
create table orders (id int primary key, note text, state text not null);
create table lines (id int references orders);
create table old (id int);
create function touched() returns trigger language plpgsql as 'begin return new; end';
create trigger orders_touched before update on orders for each row execute function touched();
-- migration
alter table orders drop column note;
drop trigger orders_touched on orders;
truncate orders cascade;
alter table orders drop constraint orders_pkey cascade;
drop table old;
