-- What a new session of this login would have. As in the server: the role's own setting in this database, the role's, the
-- database's, everybody's; else what the server's configuration says, or what it was built with.
select
    coalesce(
        (
            select substr(setting, length('search_path=') + 1)
            from pg_db_role_setting
            cross join unnest(setconfig) setting
            where setting like 'search\_path=%'
              and setdatabase in (0, (select oid from pg_database where datname = current_database()))
              and setrole in (0, (select oid from pg_roles where rolname = session_user))
            order by setrole <> 0 desc, setdatabase <> 0 desc
            limit 1
        ),
        '"$user", public'
    ),
    session_user::text
