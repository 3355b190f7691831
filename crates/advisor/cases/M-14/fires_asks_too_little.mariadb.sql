-- level: error
-- refused: yes
-- fix: none
create table orders (id int primary key, note varchar(20)) engine=innodb;
-- migration
alter table orders modify note int, algorithm=instant;
