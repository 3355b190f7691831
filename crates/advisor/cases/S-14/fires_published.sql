-- finds: 2
-- level: info
-- fix: none
create table "no tes" (id int primary key, open bool);
alter table "no tes" enable row level security;
create table plain (id int primary key);
create publication named for table "no tes", plain;
create publication everything for all tables;
