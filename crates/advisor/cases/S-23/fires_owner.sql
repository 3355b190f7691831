-- as: app_owner
create table "t.t" (id int primary key);
alter table "t.t" enable row level security;
alter table "t.t" owner to app_owner;
