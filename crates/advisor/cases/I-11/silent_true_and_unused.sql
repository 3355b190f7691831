create table orders (id int primary key, currency text, at timestamptz);
create function short(text) returns text language sql immutable as $$ select left(lower($1), 3) $$;
create function unused(text) returns text language sql immutable as $$ select currency from public.orders limit 1 $$;
create index on orders (short(currency), lower(currency)) where currency <> 'now()';
