-- finds: 3
-- fix: none
create table "Orders" (id int primary key);
create table t (id int primary key, "select" int, "two words" int);
create table "user" (id int primary key);
