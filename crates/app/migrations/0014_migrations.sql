-- The folder of migrations that was looked at last for a database. `database` is its name as the server tells it, empty where a
-- connection has only one.
CREATE TABLE migration_folders (
  profile_id TEXT NOT NULL,
  database TEXT NOT NULL,
  folder TEXT NOT NULL,
  PRIMARY KEY (profile_id, database)
) STRICT;
