create table "r r" (a int, b int, primary key (a, b));
create table "s.s" (id int primary key, a int, b int,
  constraint "the key" foreign key (a, b) references "r r" on update cascade on delete set null deferrable initially deferred);
insert into "s.s" values (1, null, null);
