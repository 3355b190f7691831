-- fix: none
create table m (team_id int, role text);
create table "Odd t" (id int primary key, team_id int);
alter table "Odd t" enable row level security;
create policy p on "Odd t" using ((select role from m where m.team_id = "Odd t".team_id) = 'admin' and id > 0);
