create table members (team_id int, user_name name);
create table "T t" (id int primary key, "Team Id" int);
create index on "T t" ("Team Id");
alter table "T t" enable row level security;
create policy p on "T t" using ("Team Id" = any (array(select m.team_id from members m where m.user_name = current_user)));
