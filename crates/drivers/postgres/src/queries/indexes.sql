-- Indexes, by their own schema, which is their relation's; plain columns by number (0 stands for the next expression).
-- $1 schemas or NULL, $2 relation or NULL, $3 also the server's own, $4 relations that somebody holds exclusively,
-- $5 whether definitions and counts of use are wanted
select x.indrelid, x.indexrelid, ic.relname, x.indisunique, x.indisprimary, am.amname,
       x.indkey, x.indnkeyatts, x.indoption,
       case when x.indexprs is not null and not x.indrelid = any ($4::oid[]) then
         array(select pg_get_indexdef(x.indexrelid, part.number::int, false)
               from unnest(x.indkey::int2[]) with ordinality as part (attnum, number)
               where part.attnum = 0 order by part.number)
       end,
       x.indpred is not null,
       case when x.indpred is not null and not x.indrelid = any ($4::oid[]) then pg_get_expr(x.indpred, x.indrelid) end,
       x.indisvalid, case when $5::bool then pg_stat_get_numscans(x.indexrelid) end,
       case when $5::bool and not x.indrelid = any ($4::oid[]) then pg_get_indexdef(x.indexrelid) end,
       d.description, ic.relispartition
from pg_index x
join pg_class ic on ic.oid = x.indexrelid
join pg_namespace n on n.oid = ic.relnamespace
left join pg_am am on am.oid = ic.relam
left join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = x.indexrelid and d.objsubid = 0
where n.nspname <> 'pg_toast'
  and ($1::text[] is null or n.nspname = any ($1::text[]))
  and ($2::text is null or x.indrelid in (select c.oid from pg_class c where c.relname = $2::text))
  and n.nspname !~ '^pg_(toast_)?temp_'
  and ($3::bool or not (n.nspname ~ '^pg_' or n.nspname = 'information_schema'))
