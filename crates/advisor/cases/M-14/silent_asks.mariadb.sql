create table orders (id int primary key, note varchar(20)) engine=innodb;
-- migration
alter table orders add column c int default 3, algorithm=instant;
create index by_note on orders (note) algorithm=nocopy lock=none;
insert into orders values (1, 'x', 2);
create table fresh (id int);
alter table fresh modify id bigint;
