-- Edits of rows that are not saved yet, and how saved ones are taken back.

-- One line for each relation that has any.
CREATE TABLE edit_sets (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  profile_id TEXT NOT NULL,
  -- A JSON array of database, schema and name: the relation, however a face names it.
  relation TEXT NOT NULL,
  -- A JSON object: the relation as faces open it.
  object TEXT NOT NULL,
  -- A JSON object: how its rows are told apart, its columns, and what their values print by.
  head TEXT NOT NULL,
  -- How many of the steps are done; those after it were taken back.
  position INTEGER NOT NULL,
  updates INTEGER NOT NULL,
  inserts INTEGER NOT NULL,
  deletes INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX edit_sets_by_relation ON edit_sets (profile_id, relation);

-- What a person did at once: rows, as they are after it. Steps are added; those that were taken back go when another comes.
CREATE TABLE edit_steps (
  set_id INTEGER NOT NULL REFERENCES edit_sets (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  -- JSON.
  step TEXT NOT NULL,
  PRIMARY KEY (set_id, number)
) STRICT;

-- `edits` for a save of rows; NULL for a statement.
ALTER TABLE history ADD COLUMN kind TEXT;
-- The statements that take it back, where they are known.
ALTER TABLE history ADD COLUMN inverse TEXT;
