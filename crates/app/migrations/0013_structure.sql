-- What is staged of a database's definitions. `database` is its name as the server tells it, empty where a connection has only one.
CREATE TABLE structure_drafts (
  profile_id TEXT NOT NULL,
  database TEXT NOT NULL,
  -- JSON: groups of edits, which of them are staged, and what was before and after that.
  draft TEXT NOT NULL,
  PRIMARY KEY (profile_id, database)
) STRICT;

-- How far a set came that is not one transaction: the step that was sent last, and how many are kept for sure.
ALTER TABLE change_sets ADD COLUMN began INTEGER;
ALTER TABLE change_sets ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;
