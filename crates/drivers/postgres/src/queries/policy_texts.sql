-- A table's policies and whether each concerns a role.
-- $1 the table's number, $2 the role's
select p.polname, p.polcmd, p.polpermissive,
       exists (select from unnest(p.polroles) as m (role)
               where case when m.role = 0 then true else pg_has_role($2::oid, m.role, 'USAGE') end),
       pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
from pg_policy p
where p.polrelid = $1::oid
order by p.polname collate "C"
