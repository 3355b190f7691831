-- finds: 3
-- fix: none
create table nothing ();
create table one (a int);
create table many (a int, b text, c date);
