-- Publications: a row for each table that one names, and one for a publication that names none.
-- $1 relations that somebody holds exclusively
select p.pubname, pg_get_userbyid(p.pubowner), p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate,
--since 13:       p.pubviaroot,
--before 13:       false,
--since 18:       p.pubgencols = 's',
--before 18:       false,
--since 15:       array(select n.nspname::text from pg_publication_namespace s join pg_namespace n on n.oid = s.pnnspid
--since 15:             where s.pnpubid = p.oid order by n.nspname collate "C"),
--before 15:       '{}'::text[],
       d.description, t.schema, t.name, t.columns, t.filtered, t.filter
from pg_publication p
left join pg_description d on d.classoid = 'pg_publication'::regclass and d.objoid = p.oid and d.objsubid = 0
left join lateral (
  select n.nspname as schema, c.relname as name,
--since 15:         array(select a.attname::text from unnest(r.prattrs) with ordinality as u (attnum, number)
--since 15:               join pg_attribute a on a.attrelid = r.prrelid and a.attnum = u.attnum order by u.number) as columns,
--since 15:         r.prqual is not null as filtered,
--since 15:         case when not r.prrelid = any ($1::oid[]) then pg_get_expr(r.prqual, r.prrelid) end as filter
--before 15:         '{}'::text[] as columns, $1::oid[] is null as filtered, null::text as filter
  from pg_publication_rel r
  join pg_class c on c.oid = r.prrelid
  join pg_namespace n on n.oid = c.relnamespace
  where r.prpubid = p.oid
) t on true
order by p.pubname collate "C", t.schema collate "C", t.name collate "C"
