-- finds: 3
create table "t.t" (id int primary key, a int, b int, c int);
create index one on "t.t" (a) include (b);
create index two on "t.t" (a, b, c);
create index three on "t.t" (id);
create index four on "t.t" (a, b);
