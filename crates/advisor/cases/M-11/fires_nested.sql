-- finds: 2
-- level: error
-- fix: none
-- transaction: tool
create table orders (id int primary key);
-- migration
begin;
alter table public.orders add column note text;
commit;
