-- finds: 2
-- fix: none
create schema "App s";
create table public."no.tes" (id int primary key, team int);
create table "App s"."Mem bers" (team int, person name);
create table public.gone (team int);
create function public."my teams"() returns setof int language sql stable security definer set search_path = '' as
  $f$ select team from "App s"."Mem bers" where person = current_user $f$;
create function public.is_one(int) returns boolean language plpgsql stable as
  'begin return exists (select 1 from public.gone where team = $1); end';
alter table public."no.tes" enable row level security;
create policy "of the team" on public."no.tes" using (team in (select public."my teams"()));
create policy one on public."no.tes" for select using (public.is_one(team));
alter table "App s"."Mem bers" rename to others;
drop table public.gone;
