-- finds: 2
create domain small as smallint;
create table "the.keys" (id int primary key, code uuid unique);
create table "refers ""here" ("the id" small references "the.keys" (id));
create table numbers (id bigint primary key, key int references "the.keys" (id), big bigint references "the.keys" (id));
