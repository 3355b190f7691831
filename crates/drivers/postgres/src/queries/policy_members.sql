-- Whether policies for these roles concern a role.
-- $1 names, $2 the role's number
select w.name, pg_has_role($2::oid, r.oid, 'USAGE')
from unnest($1::text[]) as w (name)
join pg_roles r on r.rolname = w.name
