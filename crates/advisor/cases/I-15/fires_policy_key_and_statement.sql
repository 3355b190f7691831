-- needs: hypopg
-- finds: 3
-- fact: statements=[{"query": "select * from sales where place = $1 and note is not null", "role": "app_owner", "calls": 100, "total_ms": 9000, "mean_ms": 90, "rows": 100}]
create table customers (id int primary key);
insert into customers select n from generate_series(1, 1000) n;
create table sales (id int primary key, customer int references customers, place int, note text);
insert into sales select n, n % 1000 + 1, n % 5000, 'note ' || n from generate_series(1, 50000) n;
create table "my notes" (id int primary key, "the owner" text, note text);
insert into "my notes" select n, 'user ' || n % 2000, 'note ' || n from generate_series(1, 50000) n;
alter table "my notes" enable row level security;
create policy own on "my notes" to web_user using ("the owner" = (select current_setting('app.user', true)));
grant select on "my notes" to web_user;
grant select on sales to app_owner;
analyze;
