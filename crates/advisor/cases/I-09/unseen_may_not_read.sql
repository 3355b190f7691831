-- as: web_user
create table t (id int primary key, a int);
insert into t select n, n from generate_series(1, 12000) n;
create index on t (a);
analyze t;
