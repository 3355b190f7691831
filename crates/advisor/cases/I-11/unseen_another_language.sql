create table orders (id int primary key, currency text);
create function short(text) returns text language plpgsql immutable as $$ begin return left($1, 3); end $$;
create index on orders (short(currency));
