-- server: >=12
create schema kinds;
create type kinds.mood as enum ('sad', 'it''s ok', 'a,b', 'NULL', '🚀');
create type kinds.empty as enum ();
create domain kinds.positive as integer default 1 not null constraint positive_check check (value > 0);
create domain kinds.email as varchar(80) collate "C" check (value like '%@%') check (length(value) > 3);
create domain kinds.strict_positive as kinds.positive check (value > 10);
create type kinds.address as (street text, "zip code" varchar(10), location point, tags text[]);
create type kinds.nothing as ();
create type kinds.float_range as range (subtype = float8, subtype_diff = float8mi);
create table kinds.uses (
  m kinds.mood default 'sad', ms kinds.mood[], p kinds.positive, e kinds.email, s kinds.strict_positive, a kinds.address,
  r kinds.float_range, t time(2) with time zone, c character(5), v character varying, b bit varying(7), x xml, u uuid, mo money
);
comment on type kinds.mood is 'how it feels';
comment on domain kinds.email is 'one @ at least';
comment on type kinds.address is 'where';
comment on column kinds.address.street is 'with number';
