-- as: web_user
create table t (id int primary key);
alter table t enable row level security;
create table forced (id int primary key);
alter table forced enable row level security;
alter table forced force row level security;
alter table forced owner to web_user;
