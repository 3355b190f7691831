-- fix: none
create table parent (at timestamptz not null) partition by range (at);
create table part partition of parent for values from ('2020-01-01') to ('2021-01-01');
