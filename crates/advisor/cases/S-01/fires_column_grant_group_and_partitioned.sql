-- finds: 3
create table "t.t" (id int primary key, "a b" int);
grant select ("a b") on "t.t" to web_user;
create table parent (id int primary key) partition by range (id);
create table leaf partition of parent for values from (0) to (10);
grant delete on parent, leaf to public;
create table forced (id int primary key);
alter table forced force row level security;
grant update on forced to web_anon;
