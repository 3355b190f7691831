-- The audit trail: every statement that could change something, or take data out, and how it ended.

-- Lines are added and never changed. How a statement ended is a line of its own, so that a process that dies leaves the first.
CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms INTEGER NOT NULL,
  -- The line of the statement that this one tells the end of.
  of INTEGER,
  profile_id TEXT,
  profile_name TEXT NOT NULL,
  database TEXT,
  face TEXT NOT NULL,
  kind TEXT NOT NULL,
  command TEXT NOT NULL,
  -- A JSON array: what it changes, as the statement names it.
  targets TEXT NOT NULL,
  text TEXT NOT NULL,
  -- SHA-256 of the recorded text; a digest of secrets would give weak ones away.
  digest TEXT NOT NULL,
  outcome TEXT,
  rows INTEGER,
  elapsed_ms INTEGER,
  error TEXT
) STRICT;
CREATE UNIQUE INDEX audit_endings ON audit (of) WHERE of IS NOT NULL;
CREATE INDEX audit_by_time ON audit (at_ms);

-- Until when lines were forgotten, by a person or by the settings; what is later stays.
CREATE TABLE audit_forgotten (until_ms INTEGER NOT NULL) STRICT;
INSERT INTO audit_forgotten VALUES (0);

CREATE TRIGGER audit_is_append_only BEFORE UPDATE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit trail is append-only');
END;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
WHEN old.at_ms >= (SELECT until_ms FROM audit_forgotten) BEGIN
  SELECT RAISE(ABORT, 'the audit trail is append-only');
END;
