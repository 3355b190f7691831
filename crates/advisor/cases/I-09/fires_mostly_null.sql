create table "t.t" (id int primary key, "pa rent" int, a int);
insert into "t.t" select n, case when n % 10 = 0 then n end, n from generate_series(1, 12000) n;
create index "of parent" on "t.t" ("pa rent", a) include (id);
analyze "t.t";
