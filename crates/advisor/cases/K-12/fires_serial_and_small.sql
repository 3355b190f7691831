-- finds: 2
create schema "Odd s";
create table "Odd s"."a.b" ("the id" smallserial primary key, x int);
select setval('"Odd s"."a.b_the id_seq"', 30000);
create table c (id serial primary key);
select setval('c_id_seq', 1800000000);
