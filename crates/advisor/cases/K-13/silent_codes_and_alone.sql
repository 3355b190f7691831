create domain code as varchar(16);
create table a (code code primary key);
create table b (id uuid primary key, code code references a, parent uuid references b);
create table c (title text primary key);
