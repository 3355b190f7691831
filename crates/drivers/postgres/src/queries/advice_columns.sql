-- Statistics of columns that indexes of large tables begin with or have several of. A login sees those of columns it may read.
with wanted as (
  select c.relnamespace, c.relname, a.attname
  from pg_index x
  join pg_class c on c.oid = x.indrelid and c.relkind in ('r', 'm') and c.reltuples >= 10000
  join pg_namespace n on n.oid = c.relnamespace
  cross join lateral unnest(x.indkey::int2[]) as k (number)
  join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number
  where k.number > 0 and not (n.nspname ~ '^pg_' or n.nspname = 'information_schema')
  group by 1, 2, 3
  order by 1, 2, 3
  limit 20000
)
select n.nspname, w.relname, w.attname, s.null_frac::float8::text, s.n_distinct::float8::text, s.correlation::float8::text
from wanted w
join pg_namespace n on n.oid = w.relnamespace
join pg_stats s on s.schemaname = n.nspname and s.tablename = w.relname and s.attname = w.attname and not s.inherited
