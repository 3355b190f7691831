create table a (id int primary key, what text check (what <> 'NOT VALID'), up int references a);
