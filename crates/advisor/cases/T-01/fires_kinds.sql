-- finds: 4
create table "t.t" (id int primary key, "how much" money, at timetz(3), code char(10), doc json);
insert into "t.t" values (1, 3, '10:00:00+02', 'ab', '{"a": 1}');
