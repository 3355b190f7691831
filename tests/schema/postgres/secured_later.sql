create schema app;
grant usage on schema app to web_user;
grant create on schema app to app_owner;
create table app.customers (
  id uuid primary key default gen_random_uuid(),
  owner uuid not null,
  tenant integer not null default 1,
  email text not null
);
alter table app.customers enable row level security;
grant select, insert on app.customers to web_user;
create function app.me() returns text language sql stable as $$ select current_setting('app.me', true) $$;
create policy own on app.customers for select to web_user using (owner::text = app.me());
create policy own_insert on app.customers for insert to web_user with check (owner::text = app.me());
create policy no_ghosts on app.customers as restrictive for select using (email <> '' and tenant > 0);
create table app.orders (id int primary key, customer uuid references app.customers, at timestamptz);
create policy of_mine on app.orders for select
  using (exists (select from app.customers c where c.id = orders.customer and c.owner::text = app.me()));
create view app.mine as select id, at from app.orders;
grant select, insert, update, delete on app.mine to web_user;
create type app.mood as enum ('glad', 'sad', 'so so');
grant usage on type app.mood to web_user;
alter type app.mood owner to app_owner;
