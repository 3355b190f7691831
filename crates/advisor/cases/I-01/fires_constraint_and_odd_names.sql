-- finds: 2
create schema "Odd s";
create table "Odd s"."a.b" (id int primary key, "x y" int, constraint "the key" unique ("x y"));
create unique index "same one" on "Odd s"."a.b" ("x y");
create index half on "Odd s"."a.b" (id, lower("x y"::text)) where "x y" > 3;
create index "half again" on "Odd s"."a.b" (id, lower("x y"::text)) where "x y" > 3;
