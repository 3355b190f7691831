create function public.f() returns trigger language plpgsql security definer as $$ begin return new; end $$;
create schema private;
create function private.g() returns int language sql security definer return 1;
create function public.h() returns int language sql return 1;
create function public.mine() returns int language sql security definer return 1;
revoke execute on function public.mine from public;
grant execute on function public.mine to app_owner;
