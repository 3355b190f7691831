create type state as enum ('new', 'sent');
create domain email as text;
create table orders (id int primary key, mail email);
-- migration
alter type state add value 'paid' before 'sent';
alter type state rename value 'new' to 'fresh';
alter domain email add constraint at_sign check (value like '%@%') not valid;
alter domain email validate constraint at_sign;
alter table orders enable trigger all;
