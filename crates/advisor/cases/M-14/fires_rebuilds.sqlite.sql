-- finds: 7
-- level: error
-- refused: yes
create table orders (id integer primary key, note text);
insert into orders values (1, 'x');
-- migration
alter table orders add column a int not null;
alter table orders add column b int unique;
alter table orders add column c text default (random());
alter table orders add column d text default current_timestamp;
alter table orders add column e int generated always as (id) stored;
alter table orders alter column note type int;
alter table orders add constraint short check (length(note) < 9);
