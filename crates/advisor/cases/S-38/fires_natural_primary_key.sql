-- fix: none
create table invitations (email text primary key, owner name);
alter table invitations enable row level security;
create policy own on invitations using (owner = current_user);
grant insert on invitations to web_anon;
