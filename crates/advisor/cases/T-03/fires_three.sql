-- fix: none
create table a (id int primary key, state varchar(9) check (state in ('new', 'paid', 'sent')), check (id > 0));
create table "B b" (id int primary key, "S" text constraint "odd one" check ("S" = any (array['paid', 'new', 'sent'])));
create table c (id int primary key, state text);
alter table c add check (state in ('sent', 'paid', 'new')) not valid;
