-- Row security: what is staged and was applied, as people wrote it; and what they said of a database to the advisor.
-- `database` is its name as the server tells it, empty where it has none.

-- One line for each database with staged changes.
CREATE TABLE policy_drafts (
  profile_id TEXT NOT NULL,
  database TEXT NOT NULL,
  -- A JSON array of changes with their numbers.
  changes TEXT NOT NULL,
  PRIMARY KEY (profile_id, database)
) STRICT;

-- Change sets that were applied, for taking them back.
CREATE TABLE policy_applied (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  profile_id TEXT NOT NULL,
  database TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  -- A JSON array of changes.
  changes TEXT NOT NULL
) STRICT;

-- Expressions as they were typed, beside what the server made of them.
CREATE TABLE policy_texts (
  profile_id TEXT NOT NULL,
  database TEXT NOT NULL,
  table_schema TEXT NOT NULL,
  table_name TEXT NOT NULL,
  policy TEXT NOT NULL,
  -- `using` or `with_check`.
  part TEXT NOT NULL,
  typed TEXT NOT NULL,
  kept TEXT NOT NULL,
  PRIMARY KEY (profile_id, database, table_schema, table_name, policy, part)
) STRICT;

-- Actors that statements are tried as.
CREATE TABLE policy_actors (
  profile_id TEXT NOT NULL,
  name TEXT NOT NULL,
  -- JSON.
  actor TEXT NOT NULL,
  PRIMARY KEY (profile_id, name)
) STRICT;

CREATE TABLE advisor_options (
  profile_id TEXT NOT NULL,
  database TEXT NOT NULL,
  -- JSON: what untrusted clients reach, as a person said; NULL where nobody was asked.
  exposure TEXT,
  -- `by_hand`, `on_change` or `hourly`.
  schedule TEXT NOT NULL,
  PRIMARY KEY (profile_id, database)
) STRICT;

CREATE TABLE advisor_suppressions (
  profile_id TEXT NOT NULL,
  database TEXT NOT NULL,
  key TEXT NOT NULL,
  reason TEXT NOT NULL,
  author TEXT NOT NULL,
  -- `2026-11-22`.
  date TEXT NOT NULL,
  PRIMARY KEY (profile_id, database, key)
) STRICT;

CREATE TABLE advisor_scores (
  profile_id TEXT NOT NULL,
  database TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  grade TEXT NOT NULL,
  uncertain INTEGER NOT NULL,
  secured INTEGER NOT NULL,
  tables INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  warnings INTEGER NOT NULL,
  PRIMARY KEY (profile_id, database, at_ms)
) STRICT;
