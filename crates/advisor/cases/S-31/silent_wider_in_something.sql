create table a (id int primary key, owner name);
alter table a enable row level security;
create policy roles on a for select to web_user using (owner = current_user);
create policy commands on a for update to web_user using (owner = current_user);
create policy checked on a for update to web_user using (owner = current_user) with check (id > 0);
create policy r on a as restrictive for select using (owner = current_user);
create policy added on a for insert to web_user with check (owner = current_user);
create policy empty on a for delete to web_user;
