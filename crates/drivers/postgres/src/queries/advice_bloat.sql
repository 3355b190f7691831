-- Tables and B-trees of a megabyte or more that waste most, reckoned from the widths of columns as ANALYZE found them: each row with
-- its header and pointer, rounded up to 8 bytes, at the fill factor of the table or index. What a B-tree keeps once for many rows is
-- taken off by counting its different keys alone. Where a column has no statistics, or none that this login sees, nothing is reckoned.
with large as (
  select c.oid, n.nspname, c.relname, null::name as indexname, c.relpages, greatest(c.reltuples, 0)::float8 as rows,
         coalesce((select split_part(o, '=', 2)::float8 from unnest(c.reloptions) o where o like 'fillfactor=%'), 100) as fill,
         24 + case when exists (select from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attnotnull)
                   then 8 else 0 end as header,
         array(select a.attname from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
         false as is_index
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'm') and c.relpages >= 128 and not (n.nspname ~ '^pg_' or n.nspname = 'information_schema')
  union all
  select c.oid, n.nspname, c.relname, i.relname, i.relpages, greatest(i.reltuples, 0)::float8,
         coalesce((select split_part(o, '=', 2)::float8 from unnest(i.reloptions) o where o like 'fillfactor=%'), 90),
         8,
         case when 0 = any (x.indkey::int2[]) then array[null::name]
              else array(select a.attname from unnest(x.indkey::int2[]) k join pg_attribute a on a.attrelid = c.oid and a.attnum = k)
         end,
         true
  from pg_index x
  join pg_class i on i.oid = x.indexrelid and i.relpages >= 128 and i.relkind = 'i'
  join pg_am m on m.oid = i.relam and m.amname = 'btree'
  join pg_class c on c.oid = x.indrelid
  join pg_namespace n on n.oid = c.relnamespace
  where not (n.nspname ~ '^pg_' or n.nspname = 'information_schema')
),
reckoned as (
  select l.*, w.width, w.different, cardinality(l.columns) = w.known as whole
  from large l
  cross join lateral (
    select count(*) as known, sum((1 - s.null_frac) * s.avg_width)::float8 as width,
           -- Of several columns together nobody knows: as many as there are rows.
           case when count(*) = 1 then max(case when s.n_distinct < 0 then -s.n_distinct * l.rows else s.n_distinct end)::float8 end
             as different
    from pg_stats s
    where s.schemaname = l.nspname and s.tablename = l.relname and s.attname = any (l.columns) and not s.inherited
  ) w
),
needed as (
  select r.*,
         case
           when not r.whole then null
           when r.is_index then
             (least(coalesce(nullif(r.different, 0), r.rows), r.rows) * (ceil((r.header + r.width) / 8) * 8 + 4)
              + greatest(r.rows - coalesce(nullif(r.different, 0), r.rows), 0) * 6) / (r.fill / 100)
           else r.rows * (ceil((r.header + coalesce(r.width, 0)) / 8) * 8 + 4) / (r.fill / 100)
         end as bytes
  from reckoned r
),
told as (
  select e.nspname, e.relname, e.indexname, e.relpages::int8 * b.size as bytes, e.oid, e.is_index,
         greatest(e.relpages::int8 * b.size
                  - ceil(coalesce(e.bytes, 0) / (b.size - 40))::int8 * b.size - case when e.is_index then b.size else 0 end, 0) as wasted,
         e.bytes is not null as known
  from needed e
  cross join (select current_setting('block_size')::int8 as size) b
)
select t.nspname, t.relname, t.indexname, t.bytes, case when t.known then t.wasted end,
       case when t.is_index then 0 else coalesce(s.n_live_tup, 0) end, case when t.is_index then 0 else coalesce(s.n_dead_tup, 0) end,
       (extract(epoch from greatest(s.last_vacuum, s.last_autovacuum)) * 1000)::int8
from told t
left join pg_stat_all_tables s on s.relid = t.oid
order by case when t.known then t.wasted end desc nulls last, t.bytes desc, t.nspname collate "C", t.relname collate "C", t.indexname
limit 50
