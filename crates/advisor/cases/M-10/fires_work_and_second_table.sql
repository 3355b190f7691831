-- finds: 2
-- fix: none
-- transaction: tool
create table orders (id int primary key, state text);
create table lines (id int primary key, state text);
-- migration
alter table orders add column note text;
insert into lines values (1, 'new');
alter table lines add column note text;
