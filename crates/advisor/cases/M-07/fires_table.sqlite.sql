-- fix: none
create table "old one" (id int);
-- migration
drop table "old one";
