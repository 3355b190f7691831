-- server: >=12
-- differs: 18
do $$ begin
  if not exists (select from pg_roles where rolname = 'rowhouse_golden role') then create role "rowhouse_golden role"; end if;
exception when duplicate_object or unique_violation then null; end $$;
create table documents (id integer primary key, owner name not null default current_user, team text, secret boolean not null default false);
alter table documents enable row level security;
alter table documents force row level security;
create policy own on documents using (owner = current_user) with check (owner = current_user and not secret);
create policy team_read on documents for select to "rowhouse_golden role" using (team = current_setting('app.team', true));
create policy no_secrets on documents as restrictive for all to public using (not secret or exists (select from documents d where d.id = documents.id));
create policy add_only on documents for insert with check (true);
create policy "up ""date""" on documents for update to current_user, "rowhouse_golden role" using (true) with check (id > 0);
create policy "del" on documents for delete using (false);
comment on policy own on documents is 'everyone sees their own';
create table enabled_only (id integer);
alter table enabled_only enable row level security;
create table policies_off (id integer);
create policy sleeping on policies_off using (id > 1);
grant select, insert on documents to "rowhouse_golden role" with grant option;
grant select (id, team), update (team) on documents to public;
grant usage on schema public to "rowhouse_golden role";
