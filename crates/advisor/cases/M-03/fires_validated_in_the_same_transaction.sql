-- fix: none
create table orders (id int primary key, total numeric);
-- migration
begin;
alter table orders add constraint paid check (total >= 0) not valid;
alter table orders validate constraint paid;
commit;
