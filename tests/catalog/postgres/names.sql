-- server: >=12
-- differs: 18
create schema "dotted.schema";
create schema "Mixed Case";
create table "dotted.schema"."we""ird.name 🚀" (
  "a.b" integer generated always as identity,
  "Select" text not null default 'it''s "quoted" \ back',
  "ünï cödé" numeric(10,3),
  "say ""hi""" boolean default true,
  constraint "pk ""odd"".🚀" primary key ("a.b"),
  constraint "check me" check ("Select" <> '' and "ünï cödé" > 0)
);
create index "idx ""odd"" 🚀" on "dotted.schema"."we""ird.name 🚀" ("Select" desc, lower("Select"));
create table "Mixed Case"."Order" (
  id bigint primary key,
  "user" integer,
  "a.b" integer constraint "fk.odd" references "dotted.schema"."we""ird.name 🚀" on delete cascade on update set null
);
create view "Mixed Case"."V.iew" as select o.id as "I D", w."Select" from "Mixed Case"."Order" o join "dotted.schema"."we""ird.name 🚀" w using ("a.b");
comment on table "dotted.schema"."we""ird.name 🚀" is 'rocket "quoted" it''s
two lines';
comment on column "dotted.schema"."we""ird.name 🚀"."a.b" is 'dot.ted';
comment on schema "dotted.schema" is 'a . b';
