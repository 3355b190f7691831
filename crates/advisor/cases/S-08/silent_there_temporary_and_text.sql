create table notes (id int primary key, team int);
create table members (team int, person name);
create function my_teams() returns setof int language sql stable security definer set search_path = '' as
  $$ select team from public.members m where person = current_user and extract(day from m.person::text::date) > 0 $$;
create function says() returns boolean language plpgsql stable as
  $$ begin raise notice 'nothing from public.gone'; /* from public.gone */ return exists (select from unknown_here); end $$;
create function calls() returns setof int language sql stable as $$ select * from public.my_teams() $$;
alter table notes enable row level security;
create policy team on notes using (team in (select my_teams()) or says() or team in (select calls()));
create function nobody_calls() returns boolean language plpgsql as $$ begin return exists (select from public.gone); end $$;
