create table m (team_id int primary key, user_name name);
create table a (id int primary key, owner name, kind text, team_id int);
create index on a using hash (owner);
alter table a enable row level security;
create policy p on a using (owner = current_user and id = (select current_setting('app.id', true)::int));
create policy constant on a using (kind = 'public');
create policy checked on a for insert with check (team_id = (select current_setting('app.team', true)::int));
create policy joined on a using (exists (select from m where m.team_id = a.team_id and m.user_name = current_user));
