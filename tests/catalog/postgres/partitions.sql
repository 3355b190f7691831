-- server: >=12
-- differs: 18
create table customers (id integer primary key);
create table sales (
  id bigint not null,
  region text not null,
  sold_on date not null default current_date,
  customer integer references customers on delete restrict,
  amount numeric(12,2) check (amount >= 0),
  primary key (id, region, sold_on)
) partition by list (region);
create index sales_customer on sales (customer);
create table sales_eu partition of sales for values in ('de', 'fr') partition by range (sold_on);
create table sales_eu_2024 partition of sales_eu for values from ('2024-01-01') to ('2025-01-01');
create table sales_eu_2025 partition of sales_eu (amount default 0) for values from ('2025-01-01') to (maxvalue);
create table sales_rest partition of sales default;
create table attached (sold_on date not null, region text not null, id bigint not null, amount numeric(12,2), customer integer, constraint sales_amount_check check (amount >= 0));
alter table sales attach partition attached for values in ('us');
create table hashed (k integer, v text) partition by hash (k, lower(v));
create table hashed_0 partition of hashed for values with (modulus 2, remainder 0);
create table hashed_1 partition of hashed for values with (modulus 2, remainder 1);
create table refers (id integer primary key, sale bigint, region text, sold_on date,
  constraint refers_sale foreign key (sale, region, sold_on) references sales (id, region, sold_on) deferrable initially deferred);
comment on table sales is 'by region';
comment on table sales_eu_2024 is 'a leaf';
