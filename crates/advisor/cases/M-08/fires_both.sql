-- finds: 2
-- fix: none
create table orders (id int primary key, state text);
-- migration
update only orders o set state = 'where id = 1' /* where */;
with gone as (select 1) delete from orders;
