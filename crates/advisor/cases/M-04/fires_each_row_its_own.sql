-- finds: 2
create table orders (id int primary key);
create function stamp() returns int language plpgsql as 'begin return 1; end';
-- migration
alter table orders add column token uuid not null default gen_random_uuid();
alter table orders add column made int default coalesce(stamp(), 2);
