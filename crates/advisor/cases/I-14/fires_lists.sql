-- finds: 2
-- fix: not run
create access method ivfflat type index handler hashhandler;
create operator class vector_ops default for type int using ivfflat as operator 1 =, function 1 hashint4(int);
create table "it ems" (id int primary key, embedding int);
create index few on "it ems" using ivfflat (embedding);
create index many on "it ems" using ivfflat (embedding);
create index usual on "it ems" using ivfflat (embedding);
set allow_system_table_mods = on;
update pg_class set reltuples = 900000 where relname = 'it ems';
update pg_class set reloptions = '{lists=10}' where relname = 'few';
update pg_class set reloptions = '{lists=20000}' where relname = 'many';
update pg_class set reloptions = '{lists=900}' where relname = 'usual';
