create schema "Odd Names";
create type "Odd Names"."Größe" as enum ('it''s big', 'klein', 'riesig');
create domain "Odd Names".code as varchar(20);
create domain "Odd Names".short_code as "Odd Names".code constraint short check (length(value) < 9);
create type "Odd Names".point3 as (x double precision, y real, w text);
create type "Odd Names".span as range (subtype = integer);
create table "Odd Names"."Select" (
  "from" bigint primary key,
  "Größe" "Odd Names"."Größe" default 'riesig',
  sizes "Odd Names"."Größe"[] default '{klein}',
  "at point" "Odd Names".point3,
  code "Odd Names".short_code,
  span "Odd Names".span
);
create index "an index" on "Odd Names"."Select" ("Größe");
create function "Odd Names".pick("Odd Names"."Größe", out a text, out b bigint) language plpgsql as $$ begin a := $1; b := 2; end $$;
create procedure "Odd Names".doing(inout x int default 4) language plpgsql as $$ begin x := x + 2; end $$;
create view "Odd Names"."V" as select "from", "Größe" as size from "Odd Names"."Select" where "Größe" = 'riesig';
