-- as: web_user
create table t (id bigint primary key, day date, batch int);
insert into t select n, date '2026-01-01' + n / 200, n / 300 from generate_series(1, 20000) n;
create index on t (day, batch);
analyze t;
