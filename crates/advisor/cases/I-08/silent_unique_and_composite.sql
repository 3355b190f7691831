create table t (id int primary key, tags text[], live bool, at date);
create unique index one on t (tags);
create index two on t (live, at);
create index three on t (live) where not live;
