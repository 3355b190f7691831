-- Age of the oldest transaction id, in transactions.
select age(datfrozenxid)::int8 from pg_database where datname = current_database()
