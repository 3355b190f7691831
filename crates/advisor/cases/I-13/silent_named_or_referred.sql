create table a (id int primary key, email text, name text, code text unique, deleted_at timestamptz, unique (email, deleted_at));
create unique index on a (name) where deleted_at is null;
create unique index on a ((case when deleted_at is null then name end));
create table b (id int primary key, code text references a (code));
create index on a (email);
create table c (id int primary key, email text unique, deleted_by int);
