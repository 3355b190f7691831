create table "select" ("from" integer not null default 3, [group] text, "ünïcode 🚀" text, more text default 'x''y');
create table a (id integer primary key, b integer references b (id) on delete cascade, c integer references a (id));
create table b (id integer primary key, a integer);
create table self (id integer primary key, parent integer references self (id));
create table keyless (x int, y int, primary key (x, y));
create table orders (id integer primary key, customer_id text) strict;
create view "v w" as select "from", more from "select";
