-- fix: none
create table t (id int primary key, team_id int);
create function is_member(team int) returns boolean stable language sql as 'select team > 0';
alter table t enable row level security;
create policy p on t for insert with check ((select is_member(team_id)));
