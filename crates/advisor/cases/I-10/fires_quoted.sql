create table "t.t" (id int primary key, "a b" int not null, c int);
create index "odd one" on "t.t" ("a b" desc, lower(c::text)) include (c) where ("a b" is not null);
