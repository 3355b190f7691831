create schema other;
create table a (id int primary key, shop_id int, kind text);
create table other.a (id int primary key, shop_id uuid, kind int);
create table b (id int primary key, shop_id int, kind uuid);
