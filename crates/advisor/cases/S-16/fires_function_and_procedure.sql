-- finds: 2
create function public."f f"(a int, "b b" text) returns int language plpgsql security definer as $$ begin return 1; end $$;
create schema "Odd s";
create procedure "Odd s".p(variadic x int[]) language sql security definer as $$ select 1 $$;
