-- The statements that make one publication again.
-- $1 publication
select format('CREATE PUBLICATION %I', p.pubname)
  || case when p.puballtables then E'\n    FOR ALL TABLES' else coalesce((
       select E'\n    FOR '
--before 15:         || 'TABLE '
         || string_agg(x.part, E',\n        ' order by x.place, x.name) from (
         select 1 as place, format('%I.%I', n.nspname, c.relname) collate "C" as name,
           -- A table's heirs are named beside it, each as it is published.
--since 15:           'TABLE ' ||
           case when c.relkind = 'r' and exists (select from pg_inherits h where h.inhparent = c.oid) then 'ONLY ' else '' end
           || format('%I.%I', n.nspname, c.relname)
--since 15:           || coalesce(' (' || (select string_agg(quote_ident(a.attname), ', ' order by u.number)
--since 15:                from unnest(r.prattrs) with ordinality as u (attnum, number)
--since 15:                join pg_attribute a on a.attrelid = r.prrelid and a.attnum = u.attnum) || ')', '')
--since 15:           || coalesce(' WHERE (' || pg_get_expr(r.prqual, r.prrelid, true) || ')', '')
           as part
         from pg_publication_rel r
         join pg_class c on c.oid = r.prrelid
         join pg_namespace n on n.oid = c.relnamespace
         where r.prpubid = p.oid
--since 15:         union all
--since 15:         select 2, n.nspname::text, format('TABLES IN SCHEMA %I', n.nspname)
--since 15:         from pg_publication_namespace s join pg_namespace n on n.oid = s.pnnspid
--since 15:         where s.pnpubid = p.oid
       ) x), '') end
  || coalesce(E'\n    WITH (' || nullif(concat_ws(', ',
       case when not (p.pubinsert and p.pubupdate and p.pubdelete and p.pubtruncate) then format('publish = %L', concat_ws(', ',
         case when p.pubinsert then 'insert' end, case when p.pubupdate then 'update' end,
         case when p.pubdelete then 'delete' end, case when p.pubtruncate then 'truncate' end)) end
--since 13:       , case when p.pubviaroot then 'publish_via_partition_root = true' end
--since 18:       , case when p.pubgencols = 's' then 'publish_generated_columns = stored' end
       ), '') || ')', ''),
  case when d.description is not null then format('COMMENT ON PUBLICATION %I IS %L', p.pubname, d.description) end
from pg_publication p
left join pg_description d on d.classoid = 'pg_publication'::regclass and d.objoid = p.oid and d.objsubid = 0
where p.pubname = $1::text
