-- Databases of the server; their sizes only when asked for, because measuring one reads its whole folder.
-- $1 also templates, $2 whether sizes are wanted
select b.datname, pg_get_userbyid(b.datdba), pg_encoding_to_char(b.encoding), b.datcollate::text,
       b.datname = current_database(),
       b.datallowconn and has_database_privilege(b.oid, 'CONNECT'),
       has_database_privilege(b.oid, 'CONNECT') or pg_has_role('pg_read_all_stats', 'USAGE'),
       case when $2::bool and (has_database_privilege(b.oid, 'CONNECT') or pg_has_role('pg_read_all_stats', 'USAGE'))
            then pg_database_size(b.oid) end,
       d.description
from pg_database b
left join pg_shdescription d on d.classoid = 'pg_database'::regclass and d.objoid = b.oid
where $1::bool or not b.datistemplate or b.datname = current_database()
order by b.datname collate "C"
