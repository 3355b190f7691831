create schema "Odd Names";
create type "Odd Names"."Größe" as enum ('klein', 'it''s big', 'a\b');
create domain "Odd Names".code as text check (value ~ '^[A-Z]+$');
create domain "Odd Names".short_code as "Odd Names".code constraint short check (length(value) < 5);
create type "Odd Names".point3 as (x double precision, y double precision, z double precision);
create type "Odd Names".span as range (subtype = numeric);
create table "Odd Names"."Select" (
  "from" integer primary key,
  "Größe" "Odd Names"."Größe" default 'klein',
  sizes "Odd Names"."Größe"[],
  "at point" "Odd Names".point3,
  code "Odd Names".short_code default 'A',
  span "Odd Names".span,
  "ünïcode 🚀" text,
  constraint "must be ""odd""" check ("from" % 2 = 1)
);
create index "an index" on "Odd Names"."Select" (("from" + 1), "ünïcode 🚀" collate "C" text_pattern_ops);
create function "Odd Names".pick("Odd Names"."Größe", out a text, out b int) language plpgsql as $$ begin a := $1; b := 1; end $$;
create procedure "Odd Names".doing(inout x int default 3) language plpgsql as $$ begin x := x + 1; end $$;
create view "Odd Names"."V" as select "from", "Größe" as size from "Odd Names"."Select" where "Größe" <> 'klein';
create table "Odd Names"."select" ("FROM" int, "from" int);
