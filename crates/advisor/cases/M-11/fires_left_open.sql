-- level: error
create table orders (id int primary key);
-- migration
begin;
alter table public.orders add column note text;
