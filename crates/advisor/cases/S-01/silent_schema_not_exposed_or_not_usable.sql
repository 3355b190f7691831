create schema private;
create table private.t (id int primary key);
grant usage on schema private to web_user;
grant select on private.t to web_user;
create table own (id int primary key);
create table owned (id int primary key);
alter table owned owner to app_owner;
create table references_only (id int primary key);
grant references, trigger on references_only to web_user;
