-- fix: none
create table people (id int primary key, owner name);
alter table people enable row level security;
create policy own on people using (owner = current_user);
create table notes (id int generated always as identity primary key, person_id int references people);
grant insert on notes to web_user;
grant select on people to web_user;
