create table "read ings" (id bigint primary key, "the day" date, batch int, v int);
insert into "read ings" select n, date '2026-01-01' + n / 200, n / 300, n % 7 from generate_series(1, 20000) n;
create index on "read ings" ("the day", batch);
create index on "read ings" (batch, "the day", v);
analyze "read ings";
