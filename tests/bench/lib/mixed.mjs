// The table that is read: ten columns of the kinds tables are made of; a seventh of the notes is NULL.

/** Makes `mixed` in a PostgreSQL database. */
export const mixedInPostgres = (rows) => `create table mixed as select
  g::bigint as id, (g % 50000)::int as customer, (g % 7)::smallint as state, g % 3 = 0 as gift,
  ((g * 1337) % 1000000 / 100.0)::numeric(12,2) as total,
  timestamptz '2026-01-01 00:00:00+00' + g * interval '31 seconds' as placed,
  'customer ' || g || '@example.com' as email, case when g % 7 <> 0 then repeat('note ', (g % 9)::int) || g end as note,
  ('{"n":' || g || ',"tags":["a","b"]}')::jsonb as detail, (g * 0.37)::float8 as weight
  from generate_series(1, ${rows}) g`;

/** Makes `mixed` in a database of MariaDB. */
export const mixedInMariadb = (database, rows) => `create table ${database}.mixed engine=innodb as select
  cast(seq as int) as id, seq % 50000 as customer, seq % 7 as state, seq % 3 = 0 as gift,
  cast((seq * 1337) % 1000000 / 100 as decimal(12,2)) as total,
  timestamp '2026-01-01 00:00:00' + interval seq * 31 second as placed,
  concat('customer ', seq, '@example.com') as email,
  if(seq % 7 <> 0, concat(repeat('note ', seq % 9), seq), null) as note,
  concat('{"n":', seq, ',"tags":["a","b"]}') as detail, seq * 0.37e0 as weight
  from ${database}.seq_1_to_${rows}`;
