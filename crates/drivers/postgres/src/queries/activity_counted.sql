-- Since when uses are counted.
select (extract(epoch from stats_reset) * 1000)::int8 from pg_stat_database where datname = current_database()
