create table orders (id int primary key, "the note" text);
-- migration
alter table orders alter column "the note" set not null;
