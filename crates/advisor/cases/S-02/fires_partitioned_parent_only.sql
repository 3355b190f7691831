-- fix: none
create table "p.p" (id int primary key) partition by range (id);
create table leaf partition of "p.p" for values from (0) to (10);
alter table "p.p" enable row level security;
alter table leaf enable row level security;
