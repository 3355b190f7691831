-- finds: 4
-- fix: none
create schema auth;
create function auth.uid() returns text language sql stable as $$ select current_setting('app.user', true) $$;
create function public.me() returns text language plpgsql stable as $$ begin return auth.uid(); end $$;
create table t (id int primary key, owner text);
alter table t enable row level security;
create policy mixed on t for select using (owner = (select auth.uid()) or owner = auth.uid());
create policy wrapper on t for update using (owner = public.me());
create policy check_too on t for insert with check (owner = auth.uid());
create policy correlated on t for delete using (owner = (select auth.uid() where t.id > 0));
