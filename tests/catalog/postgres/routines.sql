-- server: >=12
-- differs: 18
create function add(a integer, b integer default 1) returns integer language sql immutable strict parallel safe as 'select a + b';
create function add(a text, variadic rest text[]) returns text language sql stable as $$ select a || array_to_string(rest, ',') $$;
create function pairs(out a integer, out b text) returns setof record language plpgsql volatile security definer set search_path = pg_catalog, public set work_mem = '8MB' as $body$
begin
  return query select 1, 'x';
end $body$;
create function tabled(n integer) returns table (id integer, label text) language sql as 'select g, g::text from generate_series(1, n) g';
create procedure tidy(inout done boolean default false) language plpgsql as 'begin done := true; end';
create aggregate total(integer) (sfunc = int4pl, stype = integer, initcond = '0', combinefunc = int4pl, parallel = safe);
create aggregate rows_seen(*) (sfunc = int8inc, stype = bigint, initcond = '0');
create function stamp() returns trigger language plpgsql as $$ begin new.touched := now(); return new; end $$;
create function audit() returns trigger language plpgsql as $$ begin return null; end $$;
create table touched (id integer primary key, name text, touched timestamptz);
create trigger stamp_it before insert or update of name on touched for each row when (new.name is not null) execute function stamp();
create trigger after_all after delete or truncate on touched for each statement execute function audit();
create constraint trigger later after insert on touched deferrable initially deferred for each row execute function audit();
create trigger sleeping after update on touched for each row execute function audit();
alter table touched disable trigger sleeping;
alter table touched enable always trigger after_all;
create table partitioned (id integer) partition by range (id);
create table partitioned_1 partition of partitioned for values from (0) to (10);
create trigger on_parts after insert on partitioned for each row execute function audit();
comment on function add(integer, integer) is 'adds';
comment on procedure tidy(boolean) is 'tidies';
comment on aggregate total(integer) is 'sums';
comment on trigger stamp_it on touched is 'stamps';
