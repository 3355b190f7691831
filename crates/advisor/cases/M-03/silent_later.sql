create table orders (id int primary key, total numeric);
-- migration
begin;
alter table orders add constraint paid check (total >= 0) not valid;
commit;
begin;
alter table orders validate constraint paid;
commit;
create table fresh (id int, constraint positive check (id > 0));
alter table fresh add constraint small check (id < 100);
