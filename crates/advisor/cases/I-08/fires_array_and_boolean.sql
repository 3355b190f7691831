-- finds: 2
create table "t.t" (id int primary key, "many tags" text[], live bool);
create index one on "t.t" ("many tags");
create index two on "t.t" (live);
