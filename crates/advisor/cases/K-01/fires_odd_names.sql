create schema "Odd ""schema";
create table "Odd ""schema"."the.table 🚀" ("a b" int);
