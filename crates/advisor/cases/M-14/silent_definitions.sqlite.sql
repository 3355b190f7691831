create table orders (id integer primary key, note text);
insert into orders values (1, 'x');
-- migration
alter table orders add column a int not null default 3;
alter table orders add column b text check (b <> '');
alter table orders add column c int generated always as (id) virtual;
alter table orders rename column note to remark;
alter table orders rename to orders_old;
