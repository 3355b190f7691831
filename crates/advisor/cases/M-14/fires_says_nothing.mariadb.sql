-- finds: 4
-- level: info
create table orders (id int primary key, `no``te` varchar(20), state varchar(20), key by_state (state)) engine=innodb;
-- migration
alter table orders add column c int;
create index `by note` on orders (`no``te`);
drop index by_state on orders;
alter table orders rename column c to d;
