create table customers (
  id integer primary key autoincrement,
  email text not null default '',
  name text default 'somebody' collate nocase,
  vip integer not null default 0 check (vip in (0, 1))
);
create table products (id integer primary key, sku text not null, price real not null default 0, double as (price * 3) virtual, colour text);
create table orders (
  id integer primary key,
  customer_id integer references customers (id) on delete set null,
  placed_at text not null default current_timestamp,
  total numeric not null default 0,
  constraint large check (id > 1)
);
create table order_items (
  order_id integer not null references orders,
  product_id integer not null references products,
  quantity integer not null default 1,
  price real,
  primary key (order_id, product_id)
) without rowid;
create table loose (a, c);
create index orders_customer on orders (placed_at);
create index items_product on order_items (product_id);
create view open_orders as select o.id, c.name, c.vip from orders o join customers c on c.id = o.customer_id where o.total >= 0;
create view open_count as select count(*) as n from open_orders;
create trigger touch after insert on orders begin update customers set vip = 1 where id = new.customer_id; end;
