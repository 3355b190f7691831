-- finds: 2
create table "t.t" (id int primary key);
alter table "t.t" enable row level security;
create policy "only admins" on "t.t" for delete to app_admin using (id > 0);
comment on policy "only admins" on "t.t" is 'it''s kept';
create policy two on "t.t" for update to web_user, app_admin using (id > 1) with check (id > 2);
