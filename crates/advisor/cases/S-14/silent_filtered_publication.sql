create table notes (id int primary key, open bool not null);
alter table notes enable row level security;
alter table notes replica identity full;
create table plain (id int primary key);
create publication named for table notes where (open), plain;
