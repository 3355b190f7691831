create table m (team_id int, user_name name);
create function my_teams() returns setof int stable language sql as 'select 1';
create table t (id int primary key, team_id int, body text);
alter table t enable row level security;
create policy a on t using (exists (select from m where m.team_id = t.team_id and m.user_name = current_user));
create policy b on t using (team_id = any (array(select my_teams())) and lower(body) = 'x');
create policy c on t using (team_id in (select m.team_id from m where m.user_name = current_user));
