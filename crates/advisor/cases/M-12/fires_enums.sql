-- finds: 3
-- fix: none
create type state as enum ('new');
-- migration
create type mood as enum ('sad', 'happy');
alter type state add value 'sent';
create domain email as text check (value like '%@%');
