-- finds: 2
create table "t.t" (id int primary key);
alter table "t.t" enable row level security;
create view inner_view with (security_invoker = on) as select * from "t.t";
create view "outer view" as select id from inner_view;
create view explicit with (security_invoker = off, security_barrier) as select count(*) from "t.t";
grant select on inner_view, "outer view" to web_user;
grant update on explicit to web_anon;
