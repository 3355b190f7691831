-- fix: none
create table people (id integer primary key, email text, deleted_at text);
create unique index people_email on people (email);
