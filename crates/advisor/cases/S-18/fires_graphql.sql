-- extension: pg_graphql
-- finds: 3
create table seen (id int primary key);
create table "seen by users" (id int primary key);
create table unseen (id int primary key);
grant select on seen to web_anon, web_user;
grant select on "seen by users" to web_user;
