-- finds: 4
create schema "Odd ""s";
create table a (x int, y int, primary key (x, y));
create table only_first (id int primary key, x int, y int, foreign key (x, y) references a);
create index on only_first (x);
create table partial (id int primary key, x int, y int, live bool, foreign key (x, y) references a);
create index on partial (x, y) where live;
create table "Odd ""s"."t.t" (id int primary key, x int, y int, foreign key (x, y) references a);
create index on "Odd ""s"."t.t" (id, x, y);
create table parent (id int primary key, x int, y int, foreign key (x, y) references a) partition by range (id);
create table leaf partition of parent for values from (0) to (10);
