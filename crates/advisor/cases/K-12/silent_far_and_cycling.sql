create table a (id serial primary key);
select setval('a_id_seq', 1600000000);
create table b (id int primary key, n int);
create sequence s as int cycle owned by b.n;
select setval('s', 2147483000);
create table unused (id smallserial primary key);
create table big (id bigserial primary key);
select setval('big_id_seq', 5000000000);
