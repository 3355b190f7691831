-- level: info
-- fix: none
create table orders (id int primary key, state text not null);
-- migration
alter table orders alter column state drop not null;
