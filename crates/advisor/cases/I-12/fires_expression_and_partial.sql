-- fix: none
create materialized view "m.m" as select n as day, n as total from generate_series(1, 3) n;
create unique index on "m.m" ((day + 1));
create unique index on "m.m" (total) where day > 1;
create index on "m.m" (day);
