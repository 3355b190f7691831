create table customers (
  id integer primary key autoincrement,
  email text not null unique, -- where it is sent
  name text default 'nobody' collate nocase,
  "odd ""name" text check ("odd ""name" <> 'x')
);
create table products (id integer primary key, sku text not null, price real not null default 0, double real as (price * 2) stored) strict;
create table orders (
  id integer primary key,
  customer_id integer not null references customers (id) on delete cascade,
  note text,
  placed_at text not null default current_timestamp,
  constraint positive check (id > 0)
);
create table order_items (
  order_id integer not null references orders,
  product_id integer not null references products on delete restrict deferrable initially deferred,
  quantity integer not null default 1,
  primary key (order_id, product_id)
) without rowid;
create table loose (a, b, c);
create index orders_customer on orders (customer_id, placed_at desc);
create unique index one_note on orders (lower(note)) where note is not null;
create view open_orders as select o.id, c.name from orders o join Customers c on c.id = o.customer_id;
create view open_count (n) as select count(*) from open_orders;
create trigger touch after update on orders begin update customers set name = name where id = new.customer_id; end;
create trigger instead instead of insert on open_orders begin insert into customers (email) values (new.name); end;
insert into customers (email, name) values ('a@b', 'Ann'), ('c@d', 'Bob');
insert into products values (1, 's', 2.5);
insert into orders (id, customer_id, note) values (7, 1, 'x'), (8, 2, null);
insert into order_items values (7, 1, 3);
insert into loose values (1, 'two', x'03'), (null, 2.5, '');
