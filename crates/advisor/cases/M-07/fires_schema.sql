-- level: error
-- fix: none
create schema shop;
create table shop.orders (id int);
-- migration
drop schema shop cascade;
