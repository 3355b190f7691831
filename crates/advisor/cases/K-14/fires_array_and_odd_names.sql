-- finds: 2
create table "a.b" (id int primary key, "do it" regproc, many regoper[]);
insert into "a.b" values (1, 'now', '{}');
