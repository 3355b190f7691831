-- The statements that make one role again, with the roles it is in; without its password, of which the server says nothing.
-- $1 role
with wanted as (
  select r.* from pg_roles r where r.rolname = $1::text
)
select s.statement
from (
  select 1 as place, '' collate "C" as name, 0 as number,
    case when r.rolcanlogin then E'-- A password is not part of this.\n' else '' end
    || format('CREATE ROLE %I WITH %s', r.rolname, concat_ws(' ',
         case when r.rolcanlogin then 'LOGIN' else 'NOLOGIN' end,
         case when r.rolsuper then 'SUPERUSER' end,
         case when r.rolcreatedb then 'CREATEDB' end,
         case when r.rolcreaterole then 'CREATEROLE' end,
         case when r.rolreplication then 'REPLICATION' end,
         case when r.rolbypassrls then 'BYPASSRLS' end,
         case when not r.rolinherit then 'NOINHERIT' end,
         case when r.rolconnlimit <> -1 then format('CONNECTION LIMIT %s', r.rolconnlimit) end,
         case when r.rolvaliduntil is not null then format('VALID UNTIL %L', r.rolvaliduntil) end)) as statement
  from wanted r
  union all
  select 2, g.rolname || ' ' || coalesce(o.rolname, ''), 0,
    format('GRANT %I TO %I', g.rolname, r.rolname)
    || coalesce(' WITH ' || nullif(concat_ws(', ',
         case when m.admin_option then 'ADMIN OPTION' end
--since 16:         , case when m.inherit_option <> r.rolinherit then 'INHERIT ' || upper(m.inherit_option::text) end
--since 16:         , case when not m.set_option then 'SET FALSE' end
         ), ''), '')
--since 16:    -- The server's first role grants what any superuser does.
--since 16:    || case when m.grantor <> 10 and o.oid is not null then format(' GRANTED BY %I', o.rolname) else '' end
  from wanted r
  join pg_auth_members m on m.member = r.oid
  join pg_roles g on g.oid = m.roleid
  left join pg_roles o on o.oid = m.grantor
  union all
  select 3, coalesce(b.datname, ''), c.number::int,
    format('ALTER ROLE %I %sSET %I TO %s', r.rolname, case when b.oid is null then '' else format('IN DATABASE %I ', b.datname) end, v.name,
      -- Lists of names are kept as the names were written; each is a text of its own again.
      case when lower(v.name) in ('search_path', 'temp_tablespaces', 'local_preload_libraries', 'session_preload_libraries')
        then coalesce((select string_agg(quote_literal(case when left(e.element[1], 1) = '"'
               then replace(substr(e.element[1], 2, length(e.element[1]) - 2), '""', '"') else e.element[1] end), ', ' order by e.number)
             from regexp_matches(v.value, '("(?:[^"]|"")*"|[^",[:space:]]+)', 'g') with ordinality as e (element, number)), '''''')
        else quote_literal(v.value) end)
  from wanted r
  join pg_db_role_setting p on p.setrole = r.oid
  cross join lateral unnest(p.setconfig) with ordinality as c (setting, number)
  cross join lateral (select split_part(c.setting, '=', 1), substr(c.setting, strpos(c.setting, '=') + 1)) as v (name, value)
  left join pg_database b on b.oid = p.setdatabase
  where p.setdatabase = 0 or b.oid is not null
  union all
  select 4, '', 0, format('COMMENT ON ROLE %I IS %L', r.rolname, d.description)
  from wanted r
  join pg_shdescription d on d.classoid = 'pg_authid'::regclass and d.objoid = r.oid
) s
order by s.place, s.name, s.number
