-- Row security: what was tried as whom, how users are read from a table, what was sent and whether it arrived; what the advisor
-- found before. `database` is its name as the server tells it, empty where it has none.

-- Statements that were tried, so that they can be tried again.
CREATE TABLE policy_tries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  profile_id TEXT NOT NULL,
  database TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  -- JSON: the statement, and as whom.
  tried TEXT NOT NULL
) STRICT;

-- How rows of a table become actors.
CREATE TABLE policy_user_mappings (
  profile_id TEXT NOT NULL,
  database TEXT NOT NULL,
  -- JSON.
  mapping TEXT NOT NULL,
  PRIMARY KEY (profile_id, database)
) STRICT;

-- Changes of schemas: on disk before anything of them is sent, until their end is known and a person was told.
CREATE TABLE change_sets (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  profile_id TEXT NOT NULL,
  database TEXT NOT NULL,
  -- What they change: `policies`.
  kind TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  -- Stands for what the changed objects were before.
  base TEXT NOT NULL,
  -- A JSON array of steps: `sql`, `inverse`, `lossy`.
  steps TEXT NOT NULL,
  -- JSON: what is there once they are made.
  postcondition TEXT NOT NULL,
  -- `sent`, `done`, `failed`, `unknown`.
  state TEXT NOT NULL,
  -- What the server calls their transaction: kept before COMMIT is sent, so that without it nothing was committed.
  mark TEXT,
  -- The process that sent them, while it waits for the answer.
  process TEXT,
  -- What a person has not been told yet of an end that was found out later: `applied`, `not_applied`, `unknown`.
  untold TEXT
) STRICT;

-- What the advisor had found when somebody last looked.
CREATE TABLE advisor_seen (
  profile_id TEXT NOT NULL,
  database TEXT NOT NULL,
  -- A JSON array of keys.
  keys TEXT NOT NULL,
  PRIMARY KEY (profile_id, database)
) STRICT;
