create table top (id int primary key) partition by range (id);
create table leaf partition of top for values from (0) to (100);
alter table top enable row level security;
alter table leaf enable row level security;
grant select on top, leaf to web_user;
create table open (id int primary key) partition by range (id);
create table part partition of open for values from (0) to (100);
grant select on open, part to web_user;
