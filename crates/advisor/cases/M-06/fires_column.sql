-- fix: none
create table people (id int primary key);
-- migration
alter table people add column email text unique;
