-- finds: 1
-- fix: none
create domain small as int;
create table a (id int primary key, shop_id int);
create table b (id int primary key, shop_id small);
create table c (id int primary key, "Shop_ID" uuid);
