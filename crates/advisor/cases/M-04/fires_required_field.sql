-- level: error
-- refused: yes
-- fix: none
create table orders (id int primary key);
insert into orders values (1);
-- migration
alter table orders add column note text not null;
