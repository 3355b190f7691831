create table orders (id int primary key, state text);
create table lines (id int primary key, state text);
-- migration
begin;
alter table orders add column note text, alter column state set default 'new';
commit;
begin;
update lines set state = 'x' where id = 3;
commit;
