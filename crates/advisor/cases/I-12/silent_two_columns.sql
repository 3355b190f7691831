create materialized view m as select n as day, n as total from generate_series(1, 3) n;
create unique index on m (day, total);
create view v as select 1 as one;
