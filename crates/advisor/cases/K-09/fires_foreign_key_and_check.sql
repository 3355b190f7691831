-- finds: 2
create table "a.b" (id int primary key, up int);
alter table "a.b" add constraint "the check" check (id > 0) not valid;
alter table "a.b" add constraint "the key" foreign key (up) references "a.b" not valid;
