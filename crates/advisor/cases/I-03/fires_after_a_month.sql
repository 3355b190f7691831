-- counted: 40
create table "t.t" (id int primary key, "a b" int);
insert into "t.t" select n, n from generate_series(1, 30000) n;
create index "never used" on "t.t" ("a b");
analyze "t.t";
