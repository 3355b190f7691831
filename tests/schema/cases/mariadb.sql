== a table with everything in it
create table other (id int primary key);
-- becomes
create table other (id int primary key);
create table `Order` (
  id int unsigned not null auto_increment primary key,
  `select` varchar(40) character set latin1 not null default 'x;y' comment 'a reserved word',
  `Ünïcode 名` decimal(10,2) check (`Ünïcode 名` > 0),
  total decimal(12,2) as (`Ünïcode 名` * 2) stored,
  other_id int,
  kind enum('a', 'it''s'),
  unique key both_of (`select`, other_id),
  constraint `to other` foreign key (other_id) references other (id) on delete cascade on update set null
) comment 'all of them';
== a table gets another name
create table t (id int primary key, a int);
-- becomes
create table u (id int primary key, a int);
-- renames t=u
== a column comes between others
create table t (id int primary key, z int);
-- becomes
create table t (id int primary key, note text not null default 'none' comment 'what was said', z int);
== a column gets another name and type
create table t (id int primary key, a int default 5, key of_a (a));
-- becomes
create table t (id int primary key, b bigint default 5, key of_a (b));
-- renames t.a=b
== columns are put in another order
create table t (a int, b int, c int);
-- becomes
create table t (c int, a int, b int);
== a default comes and another goes
create table t (a int, b int default 2, c timestamp null default null);
-- becomes
create table t (a int default 1, b int, c timestamp null default current_timestamp on update current_timestamp);
== a column is numbered
create table t (a int not null, b int);
-- becomes
create table t (a int not null auto_increment primary key, b int);
== a computed column
create table t (a int, b int);
-- becomes
create table t (a int, b int, c int as (a + b) virtual, d int as (a * b) stored, key (d));
== NULL is refused
create table t (a int, b varchar(20) not null);
-- becomes
create table t (a int not null, b varchar(20));
== a comment
create table t (a int) comment 'old';
-- becomes
create table t (a int comment 'two\nlines; and ''quotes''') comment 'new';
== another primary key
create table t (a int not null, b int not null, primary key (a));
-- becomes
create table t (a int not null, b int not null, primary key (b, a), unique key one (a));
== checks
create table t (a int, constraint big check (a > 10));
-- becomes
create table t (a int, constraint big check (a > 20), constraint even check (a % 2 = 0));
== foreign keys
create table t (id int primary key, parent int, key p (parent));
create table u (id int primary key, t int, constraint ut foreign key (t) references t (id));
-- becomes
create table t (id int primary key, parent int, key p (parent), constraint up foreign key (parent) references t (id) on delete set null);
create table u (id int primary key, t int, constraint ut foreign key (t) references t (id) on delete cascade);
== tables that refer to each other
create table z (id int);
-- becomes
create table z (id int);
create table a (id int primary key, b int, key b (b));
create table b (id int primary key, a int, key a (a), constraint ba foreign key (a) references a (id));
alter table a add constraint ab foreign key (b) references b (id);
== indexes
create table t (a int, b varchar(50), c text, d point not null, key gone (a), key other (a));
-- becomes
create table t (a int, b varchar(50), c text, d point not null, key other (a, b(10)), unique key one (b), fulltext key words (c), spatial key place (d));
== a view
create table t (a int, b int);
-- becomes
create table t (a int, b int);
create sql security invoker view v as select a, b from t where a > 0 with local check option;
== a view reads other columns
create table t (a int, b int);
create view v as select a from t;
create view w as select a from v;
-- becomes
create table t (a int, b int);
create view v as select b, a from t;
create view w as select a from v;
== functions and procedures
create table t (a int);
create function gone() returns int deterministic return 1;
-- becomes
create table t (a int);
create function twice(n int) returns int deterministic comment 'n times' return n * 2;
create procedure fill(in n int) modifies sql data insert into t values (n);
== a function's body
create function f(a int) returns int deterministic return 1;
-- becomes
create function f(a int) returns bigint deterministic sql security invoker return 2;
== triggers
create table t (a int);
create trigger gone before insert on t for each row set new.a = 1;
-- becomes
create table t (a int);
create trigger stamp before update on t for each row set new.a = old.a + 1;
== an event
create table t (a int);
-- becomes
create table t (a int);
create event tidy on schedule every 1 day starts '2030-01-01 00:00:00' disable do delete from t;
== partitions
create table t (id int not null, at date not null, primary key (id, at));
-- becomes
create table t (id int not null, at date not null, primary key (id, at)) partition by range (year(at)) (partition p0 values less than (2026), partition rest values less than maxvalue);
== engine and character set
create table t (a varchar(20)) engine=InnoDB default charset=latin1;
-- becomes
create table t (a varchar(20) character set latin1) engine=InnoDB default charset=utf8mb4 row_format=dynamic;
== a table is divided
create table t (id int primary key, a int);
-- becomes
create table t (id int primary key, a int) partition by range (id) (partition p0 values less than (10), partition p1 values less than maxvalue);
== a partition is added at the end
create table t (id int primary key) partition by range (id) (partition p0 values less than (10));
-- becomes
create table t (id int primary key) partition by range (id) (partition p0 values less than (10), partition p1 values less than (20));
== a partition comes between others
create table t (id int primary key) partition by range (id) (partition p0 values less than (10), partition pm values less than maxvalue);
-- becomes
create table t (id int primary key) partition by range (id) (partition p0 values less than (10), partition p1 values less than (20), partition pm values less than maxvalue);
== a table is divided by a hash into more
create table t (id int primary key) partition by hash (id) partitions 2;
-- becomes
create table t (id int primary key) partition by hash (id) partitions 4;
== privileges come, go and follow a routine that is made anew
create role if not exists web_user;
create role if not exists auditor;
create table t (id int primary key, a int, b int);
grant select on t to web_user;
create procedure p() comment 'does little' select 1;
grant execute on procedure p to web_user with grant option;
create view v as select id from t;
grant select on v to auditor;
-- becomes
create role if not exists web_user;
create role if not exists auditor;
create table t (id int primary key, a int, b int);
grant select (a, b), update (a), insert on t to web_user with grant option;
create procedure p() comment 'does more' select 2;
grant execute on procedure p to web_user with grant option;
grant alter routine on procedure p to auditor;
create view v as select id, a from t;
grant select on v to auditor;
== privileges go with names that the server would keep them for
create role if not exists web_user;
create table t (id int primary key, a int, b int);
grant select, update (a, b) on t to web_user;
create table gone (id int);
grant select on gone to web_user;
-- becomes
create role if not exists web_user;
create table u (id int primary key, a int, b int);
grant select, update (a, b) on u to web_user;
-- renames t=u
== privileges go with a column that gets another name
create role if not exists web_user;
create table t (id int primary key, a int, b int);
grant select, update (a, b) on t to web_user;
-- becomes
create role if not exists web_user;
create table t (id int primary key, c int, b int);
grant select, update (c, b) on t to web_user;
-- renames t.a=c
== a table keeps what its rows were
create table plain (id int primary key, a int);
create table named (id int primary key, a int);
-- becomes
create table plain (id int primary key, a int) with system versioning;
create table named (
  id int primary key, a int, since timestamp(6) generated always as row start, until timestamp(6) generated always as row end,
  period for system_time (since, until)
) with system versioning;
== columns that a foreign key holds take another type
create table p (id int primary key);
create table c (p_id int, key by_p (p_id), constraint to_p foreign key (p_id) references p (id));
-- becomes
create table p (id bigint primary key);
create table c (p_id bigint, key by_p (p_id), constraint to_p foreign key (p_id) references p (id));
== a sequence is made, changed and asked by a default
create sequence counts start with 5 maxvalue 100;
create sequence gone;
create table t (id int primary key, n int default nextval(gone));
-- becomes
create sequence counts start with 5 minvalue -10 maxvalue 200 increment by 3 cache 20 cycle;
create sequence numbers;
create table t (id int primary key, n int default nextval(numbers));
== a sequence gets another name
create sequence s start with 7;
-- becomes
create sequence z start with 7;
-- renames s=z
