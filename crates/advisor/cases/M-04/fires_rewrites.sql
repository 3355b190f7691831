-- finds: 5
-- fix: none
create table orders (id int primary key);
create function stamp() returns int language plpgsql as 'begin return 1; end';
-- migration
alter table orders add column a serial;
alter table orders add column b int generated always as identity;
alter table orders add column c int generated always as (id * 2) stored;
alter table orders set unlogged;
alter table orders set logged;
