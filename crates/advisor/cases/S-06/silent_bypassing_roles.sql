create table t (id int primary key, a int);
alter table t enable row level security;
create policy one on t for select to app_admin using (a > 0);
create policy two on t for select to app_admin using (a > 1);
create policy three on t for update to web_user using (a > 1);
create policy four on t for delete to web_user using (a > 2);
