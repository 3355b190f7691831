create table a (x int, y int, primary key (x, y));
create table "b.b" (x int, y int, constraint "First" foreign key (x, y) references a);
alter table "b.b" add constraint "second one" foreign key (y, x) references a (y, x) on update cascade deferrable;
