-- 500 rows in every table.
create schema app;
set search_path = app;
create type mood as enum ('sad', 'happy');
create domain email as text check (value like '%@%');
create domain free as text;
create domain late as text;
create function stamp() returns int language plpgsql volatile as 'begin return 1; end';
create function steady() returns int language sql immutable as 'select 1';
create function touched() returns trigger language plpgsql as 'begin return new; end';
create table customers (
  id int primary key, name text, email varchar(40), price numeric(8, 2), made timestamp(3), seen timestamp,
  checked varchar(10) check (checked <> ''), bits varbit(8), kind mood, mail email, code char(3), born date, ip cidr, later late,
  constraint name_there check (name is not null)
);
create table orders (
  id int primary key, customer int constraint orders_customer references customers, total numeric, amount int not null,
  number int
);
create table lines (id int, order_id int);
create table plain (id int, a int, b text, "Odd ""name" text);
create index plain_a on plain (a);
create unique index plain_id on plain (id);
create trigger plain_touched before update on plain for each row execute function touched();
create table parts (id int, at int) partition by range (id);
create table parts_1 partition of parts for values from (0) to (1000);
create table parts_2 partition of parts for values from (1000) to (2000);
create table kept (id int, at int) partition by range (id);
create table kept_1 partition of kept for values from (0) to (1000);
create table kept_rest partition of kept default;
create table loose (id int, at int);
create table proven (id int not null, at int, constraint proven_range check (id is not null and id >= 3000 and id < 4000));
create unlogged table scratch (id int);
insert into customers select g, 'n' || g, 'e', 1, now(), now(), 'x', '1', 'sad', 'a@b', 'abc', now(), '10.0.0.0/8', 'x' from generate_series(1, 500) g;
insert into orders select g, g, g, g, g from generate_series(1, 500) g;
insert into lines select g, g from generate_series(1, 500) g;
insert into plain select g, g, 'b', 'c' from generate_series(1, 500) g;
insert into parts select g * 2 - 2, g % 500 + 1 from generate_series(1, 1000) g;
insert into kept select g, g from generate_series(1, 500) g;
insert into kept select g, g from generate_series(5001, 5500) g;
insert into loose select g + 2000, g from generate_series(1, 500) g;
insert into proven select g + 3000, g from generate_series(1, 500) g;
insert into scratch select g from generate_series(1, 500) g;
alter table lines add constraint lines_order foreign key (order_id) references orders not valid;
alter domain late add constraint late_there check (value <> '') not valid;
create view names as select name, born from customers;
create materialized view report as select id from plain;
create unique index report_id on report (id);
set search_path = public, app;
analyze;
