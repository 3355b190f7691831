create schema app;
comment on schema app is 'The shop';
create type app.order_status as enum ('placed', 'shipped', 'delivered');
create domain app.amount as numeric(12,2) default 0 constraint amount_positive check (value >= 0);
create table app.customers (
  id bigint generated always as identity primary key,
  email text not null,
  name varchar(80) not null default 'nobody',
  country char(2),
  created_at timestamptz not null default now(),
  constraint customers_email_key unique (email),
  constraint email_has_at check (position('@' in email) > 1)
);
comment on table app.customers is 'Who buys';
comment on column app.customers.email is 'Where it''s sent to';
create table app.products (
  id integer primary key,
  sku text not null unique,
  price app.amount not null,
  tags text[] not null default '{}',
  label text generated always as (sku || ' x') stored
);
create sequence app.order_numbers start with 1000 increment by 10 cache 5;
create table app.orders (
  id bigint primary key default nextval('app.order_numbers'),
  customer_id bigint not null,
  status app.order_status not null default 'placed',
  total app.amount,
  note text collate "C",
  placed_at timestamptz not null default now(),
  constraint orders_customer_fk foreign key (customer_id) references app.customers (id) on delete cascade
);
create index orders_customer on app.orders (customer_id);
create index orders_open on app.orders (placed_at desc) where status = 'placed';
create table app.order_items (
  order_id bigint not null references app.orders,
  line_no smallint not null,
  product_id integer not null references app.products deferrable initially deferred,
  quantity integer not null default 1,
  primary key (order_id, line_no)
) with (fillfactor = 80);
create function app.total_of(bigint) returns numeric language sql stable as $$
  select sum(quantity * price) from app.order_items join app.products on products.id = product_id where order_id = $1 $$;
create view app.open_orders as select o.id, o.placed_at, c.name from app.orders o join app.customers c on c.id = o.customer_id
  where o.status <> 'delivered';
create view app.open_count as select count(*) as n from app.open_orders;
create materialized view app.sales as select customer_id, count(*) as n, sum(total) as total from app.orders group by customer_id;
create unique index sales_customer on app.sales (customer_id);
create function app.touch() returns trigger language plpgsql as $$ begin new.placed_at := now(); return new; end $$;
create trigger orders_touch before update of note on app.orders for each row when (old.note is distinct from new.note)
  execute function app.touch();
