-- finds: 4
-- fix: none
create table orders (id int primary key, note varchar(20), state varchar(20)) engine=innodb;
-- migration
alter table orders modify note text;
alter table orders add column c int as (id + 1) stored, add column d int;
alter table orders convert to character set utf8mb4;
alter table orders engine=innodb;
