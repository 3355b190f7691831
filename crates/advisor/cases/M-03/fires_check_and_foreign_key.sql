-- finds: 3
create table customers (id int primary key);
create table orders (id int primary key, customer int, total numeric, "a b" int);
-- migration
alter table orders add constraint paid check (total >= 0);
alter table orders add foreign key (customer) references customers on delete cascade;
alter table orders add check ("a b" > 0 and total <> 'NaN');
