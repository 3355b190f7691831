-- The store of Rowhouse: what a person keeps, and never a secret.

-- "Rows": tells this file from every other SQLite file.
PRAGMA application_id = 0x526f7773;

CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE profiles (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  -- The name without regard to case, as the program folds it: SQLite folds ASCII only.
  name_key TEXT NOT NULL UNIQUE,
  folder TEXT,
  colour TEXT,
  environment TEXT NOT NULL,
  safety TEXT NOT NULL,
  driver TEXT NOT NULL,
  -- A JSON object: the driver's fields that are no secrets.
  field_values TEXT NOT NULL,
  password TEXT NOT NULL,
  -- A JSON array: the secret fields that have an entry in the keychain.
  secret_fields TEXT NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT;

-- Apart from the profiles, because the sample has a line here and none there.
CREATE TABLE profile_uses (
  profile_id TEXT PRIMARY KEY,
  server TEXT,
  last_used_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE windows (
  label TEXT PRIMARY KEY,
  active TEXT
) STRICT;

CREATE TABLE tabs (
  id TEXT PRIMARY KEY,
  window TEXT NOT NULL,
  position INTEGER NOT NULL,
  -- A JSON object.
  record TEXT NOT NULL,
  -- When it was closed: closed tabs can be brought back for a while.
  closed_ms INTEGER
) STRICT;
CREATE INDEX tabs_by_window ON tabs (window, position);

-- No reference to tabs: a text may come before the list that names its tab, and must not be lost then.
CREATE TABLE texts (
  tab_id TEXT PRIMARY KEY,
  base TEXT NOT NULL,
  sequence INTEGER NOT NULL
) STRICT;

-- What was typed after a text's base.
CREATE TABLE text_edits (
  tab_id TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  -- A JSON array of [from, to, insert], counted in UTF-16 units.
  edits TEXT NOT NULL,
  PRIMARY KEY (tab_id, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE history (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms INTEGER NOT NULL,
  profile_id TEXT,
  profile_name TEXT NOT NULL,
  database TEXT,
  text TEXT NOT NULL,
  outcome TEXT NOT NULL,
  rows INTEGER,
  elapsed_ms INTEGER,
  error TEXT,
  face TEXT NOT NULL,
  -- The process that ran it, by the name of its lock file, while it is not finished.
  process TEXT
) STRICT;
CREATE INDEX history_by_profile ON history (profile_id, id);
CREATE INDEX history_unfinished ON history (process) WHERE process IS NOT NULL;

-- Any three letters in a row are found. Of a longer text only the beginning is indexed; the rest is searched word by word.
CREATE VIRTUAL TABLE history_words USING fts5 (
  beginning, content = '', contentless_delete = 1, tokenize = 'trigram'
);
CREATE TRIGGER history_added AFTER INSERT ON history BEGIN
  INSERT INTO history_words (rowid, beginning) VALUES (new.id, substr(new.text, 1, 20000));
END;
CREATE TRIGGER history_forgotten AFTER DELETE ON history BEGIN
  DELETE FROM history_words WHERE rowid = old.id;
END;
