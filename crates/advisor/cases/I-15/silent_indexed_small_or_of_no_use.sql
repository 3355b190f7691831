-- needs: hypopg
-- fact: statements=[{"query": "select * from sales where kind = $1", "role": "app_owner", "calls": 100, "total_ms": 9000, "mean_ms": 90, "rows": 100}, {"query": "select $1 from", "role": null, "calls": 1, "total_ms": 1, "mean_ms": 1, "rows": 1}, {"query": "select * from gone where a = $1", "role": "nobody", "calls": 1, "total_ms": 1, "mean_ms": 1, "rows": 1}]
create table customers (id int primary key);
create table sales (id int primary key, customer int references customers, kind int, owner text);
insert into customers select n from generate_series(1, 100) n;
insert into sales select n, n % 100 + 1, 1, 'web_user' from generate_series(1, 20000) n;
create index on sales (customer);
alter table sales enable row level security;
create function who() returns text language sql stable as $$ select current_setting('app.user', true) $$;
alter function who() owner to app_owner;
create policy own on sales to web_user using (owner = (select who()));
grant select on sales to app_owner, web_user;
create table small (id int primary key, owner name);
alter table small enable row level security;
create policy own on small using (owner = current_user);
analyze;
