-- fix: none
create table "Odd a" (id int primary key);
create table b (id int primary key);
create table c (id int primary key);
comment on table b is 'b';
comment on table c is 'c';
