-- Saved queries, and what their parameters were last.

CREATE TABLE saved_queries (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  -- Without regard to case, as the program folds it: SQLite folds ASCII only.
  name_key TEXT NOT NULL,
  -- A path of names with slashes between them; empty is the top.
  folder TEXT NOT NULL,
  folder_key TEXT NOT NULL,
  -- A JSON array.
  tags TEXT NOT NULL,
  text TEXT NOT NULL,
  -- The connection it is for, which may be gone, and the engine it is written for.
  profile_id TEXT,
  driver TEXT,
  -- Counts the texts it has had: who saves says which one was edited.
  version INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  changed_ms INTEGER NOT NULL,
  -- When it was deleted: that can be undone for a while.
  removed_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX saved_by_place ON saved_queries (folder_key, name_key) WHERE removed_ms IS NULL;

-- Also those without a query in them.
CREATE TABLE saved_folders (
  path_key TEXT PRIMARY KEY,
  path TEXT NOT NULL
) STRICT;

-- As the history's: any three letters in a row are found; of a longer text only the beginning is indexed.
CREATE VIRTUAL TABLE saved_words USING fts5 (
  name, folder, tags, beginning, content = '', contentless_delete = 1, tokenize = 'trigram'
);
CREATE TRIGGER saved_added AFTER INSERT ON saved_queries BEGIN
  INSERT INTO saved_words (rowid, name, folder, tags, beginning)
  VALUES (new.number, new.name, new.folder, new.tags, substr(new.text, 1, 20000));
END;
CREATE TRIGGER saved_changed AFTER UPDATE OF name, folder, tags, text ON saved_queries BEGIN
  DELETE FROM saved_words WHERE rowid = old.number;
  INSERT INTO saved_words (rowid, name, folder, tags, beginning)
  VALUES (new.number, new.name, new.folder, new.tags, substr(new.text, 1, 20000));
END;
CREATE TRIGGER saved_forgotten AFTER DELETE ON saved_queries BEGIN
  DELETE FROM saved_words WHERE rowid = old.number;
END;

-- What a person gave last; never what looks like a secret.
CREATE TABLE parameter_values (
  -- `saved:` and a saved query, `tab:` and a tab, or `text:` and the digest of a text.
  scope TEXT NOT NULL,
  name TEXT NOT NULL,
  -- NULL is the value NULL.
  value TEXT,
  used_ms INTEGER NOT NULL,
  PRIMARY KEY (scope, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX parameter_values_by_use ON parameter_values (used_ms);
