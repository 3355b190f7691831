-- finds: 2
-- fix: none
create table t (id int primary key, a timestamp, b timestamp(3) without time zone);
