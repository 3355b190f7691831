-- transaction: tool
create table orders (id int primary key);
-- migration
set local lock_timeout to '2s';
set local statement_timeout = '1min';
alter table orders add column note text;
