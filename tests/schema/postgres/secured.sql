create schema app;
grant usage on schema app to web_anon, web_user;
create table app.customers (
  id uuid primary key default gen_random_uuid(),
  owner uuid not null,
  email text not null
);
alter table app.customers enable row level security;
alter table app.customers force row level security;
grant select (id, email), update (email) on app.customers to web_user;
grant select on app.customers to web_anon with grant option;
create function app.me() returns uuid language sql stable as $$ select nullif(current_setting('app.me', true), '')::uuid $$;
revoke execute on function app.me() from public;
grant execute on function app.me() to web_user;
create policy own on app.customers for all to web_user using (owner = app.me()) with check (owner = app.me());
create policy no_ghosts on app.customers as restrictive for select to web_anon, web_user using (email <> '');
comment on policy own on app.customers is 'Each their own';
create table app.orders (id int primary key, customer uuid references app.customers, at date not null default current_date);
alter table app.orders enable row level security;
create policy of_mine on app.orders using (exists (select from app.customers c where c.id = orders.customer and c.owner = app.me()));
alter table app.orders owner to app_owner;
create view app.mine with (security_invoker = on, security_barrier = true) as select * from app.orders with local check option;
grant select on app.mine to web_user;
comment on view app.mine is 'What I ordered';
create type app.mood as enum ('glad', 'sad');
revoke usage on type app.mood from public;
