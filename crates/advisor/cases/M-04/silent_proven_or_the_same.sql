create table orders (id int primary key, note text, made text, constraint made_there check (made is not null));
create function steady() returns int language sql stable as 'select 1';
-- migration
alter table orders add column a timestamptz not null default now();
alter table orders add column b int default steady();
alter table orders alter column made set not null;
alter table orders alter column id set not null;
alter table orders add constraint note_there check (note is not null) not valid;
alter table orders validate constraint note_there;
alter table orders alter column note set not null;
alter table orders drop constraint note_there;
create table fresh (id int);
alter table fresh add column token uuid default gen_random_uuid();
