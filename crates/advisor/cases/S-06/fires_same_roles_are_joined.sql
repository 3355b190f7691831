create table "t.t" (id int primary key, a int, b int);
alter table "t.t" enable row level security;
create policy one on "t.t" for update to web_user using (a > 0);
create policy two on "t.t" for update to web_user using (b > 0) with check (b > 1);
comment on policy two on "t.t" is 'second';
