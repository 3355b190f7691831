-- transaction: tool
create table orders (id int primary key);
-- migration
set local lock_timeout = '2s';
alter table orders add column note text;
