-- The expressions of the policies of these relations.
-- $1 the relations in SQL
select p.polname, c.oid::regclass::text, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
from unnest($1::text[]) as w (name)
join pg_class c on c.oid = to_regclass(w.name)
join pg_policy p on p.polrelid = c.oid
order by 2, 1
