-- finds: 2
create function public."f f"("a b" int, text default 'x', out c int) language plpgsql security definer as $$ begin c := 1; end $$;
create procedure public.p(x int[]) language sql security definer as $$ select 1 $$;
revoke execute on procedure public.p from public;
grant execute on procedure public.p to web_user with grant option;
