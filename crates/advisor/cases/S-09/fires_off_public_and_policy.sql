-- finds: 3
create table "t.t" (id int primary key, a int, "b c" int);
grant update ("b c"), delete on "t.t" to web_anon with grant option;
create table to_all (id int primary key);
grant insert on to_all to public;
create table lets (id int primary key);
alter table lets enable row level security;
create policy any_row on lets for delete using (id = id);
grant select, delete on lets to web_anon;
