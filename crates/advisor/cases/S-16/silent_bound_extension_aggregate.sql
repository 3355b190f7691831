create extension citext;
create function bound() returns int language sql return 1;
create function atomic(a int) returns int language sql begin atomic select a; end;
create aggregate total(int) (sfunc = int4pl, stype = int);
create function fixed() returns int language plpgsql set search_path to public, pg_temp as $$ begin return 1; end $$;
