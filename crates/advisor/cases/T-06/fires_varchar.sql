create table "t.t" (id int primary key, "a b" varchar(10) default 'null');
