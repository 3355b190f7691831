== a table with everything in it
create table other (id integer primary key);
-- becomes
create table other (id integer primary key);
create table "Order" (
  id integer primary key autoincrement,
  "select" text not null default 'x;y' collate nocase,
  "Ünïcode 名" real check ("Ünïcode 名" > 0),
  total real generated always as ("Ünïcode 名" * 2) stored,
  other_id integer constraint "to other" references other (id) on delete cascade,
  unique ("select", other_id)
) strict;
== a table gets another name
create table t (id integer primary key, a int);
-- becomes
create table "T2" (id integer primary key, a int);
-- renames t=T2
== a column comes
create table t (id integer primary key);
-- becomes
create table t (id integer primary key, note text default 'none');
== a column that must have a value comes
create table t (id integer primary key);
-- becomes
create table t (id integer primary key, made text not null default current_timestamp);
== a column gets another name
create table t (id integer primary key, a int);
create index of_a on t (a);
create view v as select a from t;
-- becomes
create table t (id integer primary key, "b b" int);
create index of_a on t ("b b");
create view v as select "b b" from t;
-- renames t.a=b b
== a column gets another type
create table t (id integer primary key, a int default 5);
create index of_a on t (a);
create trigger stamp after update on t begin select 1; end;
-- becomes
create table t (id integer primary key, a text default '5');
create index of_a on t (a);
create trigger stamp after update on t begin select 1; end;
== a column goes
create table t (id integer primary key, a int, b int);
-- becomes
create table t (id integer primary key, b int);
== NULL is refused
create table t (a int, b text not null);
-- becomes
create table t (a int not null, b text);
== a column is numbered
create table t (a integer not null, b text);
-- becomes
create table t (a integer primary key autoincrement, b text);
== a computed column
create table t (a int, b int);
-- becomes
create table t (a int, b int, c int as (a + b) virtual);
== another primary key
create table t (a int not null, b int not null, primary key (a));
-- becomes
create table t (a int not null, b int not null, primary key (b, a), constraint one unique (a));
== checks
create table t (a int, constraint big check (a > 10));
-- becomes
create table t (a int, constraint big check (a > 20), check (a % 2 = 0));
== foreign keys
create table t (id integer primary key, parent int);
create table u (id integer primary key, t int references t (id));
-- becomes
create table t (id integer primary key, parent int references t (id) on delete set null);
create table u (id integer primary key, t int, constraint ut foreign key (t) references t (id) on delete cascade deferrable initially deferred);
== tables that refer to each other
create table z (id integer);
-- becomes
create table z (id integer);
create table a (id integer primary key, b int references b (id));
create table b (id integer primary key, a int references a (id));
== indexes
create table t (a int, b text);
create index gone on t (a);
create index other on t (a desc);
-- becomes
create table t (a int, b text);
create index other on t (a desc, b collate nocase) where a > 0;
create unique index one on t (lower(b));
== a view
create table t (a int, b text);
-- becomes
create table t (a int, b text);
create view v (x, y) as select a, b from t where a > 0;
== a view reads other columns
create table t (a int, b text);
create view v as select a from t;
create view w as select a from v;
-- becomes
create table t (a int, b text);
create view v as select b, a from t;
create view w as select a from v;
== triggers
create table t (a int);
create trigger gone after insert on t begin select 1; end;
-- becomes
create table t (a int);
create trigger stamp before update of a on t when new.a > old.a begin update t set a = 1 where a = 2; end;
== a table without row numbers
create table t (a text primary key, b int);
-- becomes
create table t (a text primary key, b int) without rowid, strict;
== a table and a view change places
create table t (a int);
create view v as select a from t;
create table w (b int);
-- becomes
create table v (a int);
create view t as select a from v;
create view w as select 1 as b;
