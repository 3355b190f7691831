-- Statistics of several columns together.
select n.nspname, c.relname,
       array(select a.attname from unnest(e.stxkeys::int2[]) as k (number)
             join pg_attribute a on a.attrelid = e.stxrelid and a.attnum = k.number order by k.number)
from pg_statistic_ext e
join pg_class c on c.oid = e.stxrelid
join pg_namespace n on n.oid = c.relnamespace
order by n.nspname collate "C", c.relname collate "C", e.stxname collate "C"
