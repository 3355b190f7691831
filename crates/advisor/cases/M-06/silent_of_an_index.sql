create table people (id int primary key, email text);
-- migration
create unique index concurrently people_email on people (email);
alter table people add constraint people_email unique using index people_email;
create table fresh (id int);
alter table fresh add primary key (id);
