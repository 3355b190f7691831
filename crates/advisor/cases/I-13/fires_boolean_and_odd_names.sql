-- finds: 2
-- fix: none
create table a (id int primary key, email text unique, is_deleted boolean not null default false);
create table "B b" (id int primary key, "E Mail" text, tenant int, "deletedAt" timestamptz);
create unique index on "B b" (tenant, lower("E Mail")) where tenant > 0;
