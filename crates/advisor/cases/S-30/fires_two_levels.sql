create table top (id int primary key) partition by range (id);
create table middle partition of top for values from (0) to (100) partition by range (id);
create table "the.leaf" partition of middle for values from (0) to (10);
alter table top enable row level security;
grant select on top to web_user;
grant update (id) on "the.leaf" to public;
