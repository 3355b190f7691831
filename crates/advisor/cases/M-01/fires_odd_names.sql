-- finds: 3
create schema "My App";
create table "My App"."Or""ders" (id int primary key, "Customer Id" int, note text);
create index "by note" on "My App"."Or""ders" (note);
-- migration
/* a ; comment */ create unique index "by customer; $$" on "My App"."Or""ders" ("Customer Id") where note is not null;
drop index "My App"."by note"; -- another
reindex table "My App"."Or""ders";
