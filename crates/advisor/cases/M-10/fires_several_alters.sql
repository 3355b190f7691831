-- level: info
-- fix: none
create table orders (id int primary key, state text);
-- migration
alter table orders add column note text;
alter table orders alter column state set default 'new';
