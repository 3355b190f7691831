-- What objects made later will be granted beside their owner.
select pg_get_userbyid(d.defaclrole), n.nspname,
       case d.defaclobjtype when 'r' then 'TABLES' when 'S' then 'SEQUENCES' when 'f' then 'FUNCTIONS' when 'T' then 'TYPES'
            when 'n' then 'SCHEMAS' when 'L' then 'LARGE OBJECTS' end,
       case when x.grantee = 0 then 'PUBLIC' else pg_get_userbyid(x.grantee)::text end, x.privilege_type
from pg_default_acl d
left join pg_namespace n on n.oid = d.defaclnamespace
cross join lateral aclexplode(d.defaclacl) x
where x.grantee <> d.defaclrole
order by 1, 2, 3, 4, 5
