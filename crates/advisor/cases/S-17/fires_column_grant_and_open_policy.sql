-- finds: 2
create table "t.t" (id int primary key, "API Key" text, name text);
grant select (name, "API Key") on "t.t" to web_user;
create table u (id int primary key, "creditCard" text);
alter table u enable row level security;
create policy all_of_them on u for select using (true);
grant select on u to web_anon;
