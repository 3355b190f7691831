-- State and use of indexes, of their key columns only. A constraint's index has the constraint's name.
select n.nspname, i.relname,
       array(select on_.nspname || '.' || oc.opcname from unnest(x.indclass::oid[]) with ordinality as k (class, number)
             join pg_opclass oc on oc.oid = k.class join pg_namespace on_ on on_.oid = oc.opcnamespace order by k.number),
       array(select coalesce(cn.nspname || '.' || co.collname, '') from unnest(x.indcollation::oid[]) with ordinality as k (coll, number)
             left join pg_collation co on co.oid = k.coll left join pg_namespace cn on cn.oid = co.collnamespace
             order by k.number),
--since 15:        x.indnullsnotdistinct,
--before 15:        false,
       k.conname, x.indisreplident or x.indisclustered, i.relkind = 'I' or i.relispartition,
       pg_stat_get_numscans(i.oid), i.relpages::int8 * current_setting('block_size')::int8
from pg_index x
join pg_class i on i.oid = x.indexrelid
join pg_namespace n on n.oid = i.relnamespace
left join pg_constraint k on k.conindid = x.indexrelid and k.contype in ('p', 'u', 'x')
where not (n.nspname ~ '^pg_' or n.nspname = 'information_schema')
