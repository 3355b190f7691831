create table orders (id int primary key);
-- migration
set lock_timeout = '2s';
set lock_timeout = 0;
alter table orders add column note text;
