-- Plans of statements, kept with the statement's line of the history and gone with it.

CREATE TABLE plans (
  history_id INTEGER PRIMARY KEY,
  -- The explained statement, without what asked for its plan.
  statement TEXT NOT NULL,
  -- The same for every way to write the same statement.
  digest TEXT NOT NULL,
  -- How it was asked for, for a person.
  options TEXT NOT NULL,
  server TEXT NOT NULL,
  measured INTEGER NOT NULL,
  -- What became of what it changed, as a sentence.
  undone TEXT,
  nodes INTEGER NOT NULL,
  execution_ns INTEGER,
  -- JSON.
  plan TEXT NOT NULL,
  bytes INTEGER NOT NULL
) STRICT;
CREATE INDEX plans_by_digest ON plans (digest, history_id);
CREATE TRIGGER plan_forgotten AFTER DELETE ON history BEGIN
  DELETE FROM plans WHERE history_id = old.id;
END;
