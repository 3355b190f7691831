-- Applies what ALTER ROLE … SET says for a role in this database, until the transaction ends: for the whole server first.
-- $1 the role
select pg_catalog.set_config(pg_catalog.split_part(entry, '=', 1),
                             pg_catalog.substr(entry, pg_catalog.strpos(entry, '=') + 1), true)
from (select pg_catalog.unnest(s.setconfig) as entry
      from pg_catalog.pg_db_role_setting s
      join pg_catalog.pg_roles r on r.oid = s.setrole
      where r.rolname = $1
        and s.setdatabase in (0, (select d.oid from pg_catalog.pg_database d
                                  where d.datname = pg_catalog.current_database()))
      order by s.setdatabase) as entries
