-- finds: 3
-- fix: none
create table "ra tes" (name text primary key, rate numeric);
create table orders (id int primary key, currency text, at timestamptz);
create function rate_of(text) returns numeric language sql immutable as $$ select rate from public."ra tes" where name = $1 $$;
create function is_new(timestamptz) returns boolean language sql immutable as 'select $1 > now() - interval ''1 day''';
create function code(text) returns text language sql immutable as $$ select upper($1) $$;
create index by_rate on orders (rate_of(currency));
create index "is new" on orders (id) where is_new(at);
create index by_code on orders (code(currency));
alter function code(text) volatile;
