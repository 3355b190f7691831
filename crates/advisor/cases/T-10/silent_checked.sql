create domain web as text check (value like 'http%');
create table people (id int primary key, email text, url web, email_sent boolean, check (id > 0 or email like '%@%'));
create view v as select email from people;
