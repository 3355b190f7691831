-- finds: 3
-- level: warning
-- fix: none
create domain email as text;
create table orders (id int primary key, mail email, at tsrange);
create function touched() returns trigger language plpgsql as 'begin return new; end';
create trigger orders_touched before update on orders for each row execute function touched();
-- migration
alter domain email add constraint at_sign check (value like '%@%');
alter table orders add constraint apart exclude using gist (at with &&);
alter table orders disable trigger orders_touched;
