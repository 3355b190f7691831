-- finds: 2
-- fix: none
create schema auth;
create table auth.users (id uuid primary key, is_anonymous boolean not null default false);
create table notes (id int primary key, owner uuid, kind text);
alter table notes enable row level security;
create policy own on notes to web_user using (owner::text = current_setting('app.user', true));
create policy seen on notes for select to web_user using (kind = 'is_anonymous');
create policy guard on notes as restrictive for delete to web_user using (((current_setting('request.jwt.claims', true)::jsonb ->> 'is_anonymous')::boolean) is not true);
create table half (id int primary key);
alter table half enable row level security;
create policy reads on half for select using (true);
create policy writes on half for insert to web_user with check (id > 0 and ((current_setting('request.jwt.claims', true)::jsonb ->> 'is_anonymous')::boolean) is not true);
