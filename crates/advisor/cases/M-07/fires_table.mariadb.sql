-- finds: 2
-- fix: none
create table orders (id int primary key, note text);
create table `old ``one` (id int);
-- migration
drop table if exists `old ``one`;
alter table orders drop column note, algorithm=instant;
