-- Roles with their direct memberships and settings; the server's predefined ones (pg_…) only when asked for.
-- $1 also the server's own
select r.rolname, r.rolsuper, r.rolcanlogin, r.rolinherit, r.rolbypassrls, r.rolcreatedb, r.rolcreaterole, r.rolreplication,
       d.description, r.rolconnlimit, r.rolvaliduntil::text,
       m.roles, m.admins, m.inherits, m.sets, m.grantors, s.databases, s.settings
from pg_roles r
left join pg_shdescription d on d.classoid = 'pg_authid'::regclass and d.objoid = r.oid
left join lateral (
  select array_agg(x.role order by x.role, x.grantor) as roles, array_agg(x.admin order by x.role, x.grantor) as admins,
         array_agg(x.inherit order by x.role, x.grantor) as inherits, array_agg(x.may_set order by x.role, x.grantor) as sets,
         array_agg(x.grantor order by x.role, x.grantor) as grantors
  from (select g.rolname::text collate "C" as role, m.admin_option::text as admin,
--since 16:          m.inherit_option::text as inherit, m.set_option::text as may_set,
--before 16:          '' as inherit, '' as may_set,
               coalesce(o.rolname::text, '') collate "C" as grantor
        from pg_auth_members m
        join pg_roles g on g.oid = m.roleid
        left join pg_roles o on o.oid = m.grantor
        where m.member = r.oid) x
) m on true
left join lateral (
  select array_agg(coalesce(b.datname::text, '') order by b.datname collate "C" nulls first, c.number) as databases,
         array_agg(c.setting order by b.datname collate "C" nulls first, c.number) as settings
  from pg_db_role_setting p
  cross join lateral unnest(p.setconfig) with ordinality as c (setting, number)
  left join pg_database b on b.oid = p.setdatabase
  where p.setrole = r.oid and (p.setdatabase = 0 or b.oid is not null)
) s on true
where $1::bool or r.rolname !~ '^pg_'
order by r.rolname collate "C"
