create table parent (id int, at timestamptz, primary key (id, at)) partition by range (at);
create table part partition of parent for values from ('2020-01-01') to ('2021-01-01');
create view v as select 1 as one;
create materialized view m as select 1 as one;
