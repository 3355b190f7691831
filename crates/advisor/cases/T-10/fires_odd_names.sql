-- finds: 2
-- fix: none
create table "P e" (id int primary key, "Work E-Mail" varchar(100), avatar_url text not null, curl text);
