-- transaction: tool
create type state as enum ('new');
-- migration
alter type state add value 'sent';
