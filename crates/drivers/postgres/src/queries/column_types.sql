-- Types of columns, as the server prints them.
-- $1 types and $2 their modifiers, pair by pair
select w.type, w.modifier, format_type(w.type, w.modifier), t.typtype = 'd' and t.typnotnull, t.typcollation
from unnest($1::oid[], $2::int4[]) as w (type, modifier)
join pg_type t on t.oid = w.type
