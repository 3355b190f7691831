-- errors: allowed
-- undo: none
create table "t.t" (id int primary key, code int);
insert into "t.t" values (1, 7), (2, 7);
create unique index concurrently "the code" on "t.t" (code);
delete from "t.t" where id = 2;
