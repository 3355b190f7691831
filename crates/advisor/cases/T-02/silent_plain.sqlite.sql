create table a (id integer primary key, shop_id integer);
create table b (id integer primary key, shop_id integer);
