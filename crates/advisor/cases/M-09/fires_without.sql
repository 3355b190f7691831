create table orders (id int primary key);
create table lines (id int primary key);
-- migration
alter table orders add column note text;
set lock_timeout = '2s';
alter table lines add column note text;
