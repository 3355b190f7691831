-- Diagrams of databases. `database` is its name as the server tells it, empty where a connection has only one.

CREATE TABLE diagrams (
  id TEXT PRIMARY KEY,
  profile_id TEXT NOT NULL,
  database TEXT NOT NULL,
  name TEXT NOT NULL,
  -- Without regard to case, as the program folds it: SQLite folds ASCII only.
  name_key TEXT NOT NULL,
  -- JSON: what it shows.
  scope TEXT NOT NULL,
  -- A JSON array.
  notes TEXT NOT NULL,
  -- A JSON array of pairs: a frame's title and the colour a person gave it.
  frames TEXT NOT NULL,
  changed_ms INTEGER NOT NULL,
  -- Counts openings: the highest of a database was opened last.
  opened INTEGER NOT NULL,
  UNIQUE (profile_id, database, name_key)
) STRICT;

-- Relations that a diagram has ever drawn. Those that are gone may come back.
CREATE TABLE diagram_tables (
  diagram_id TEXT NOT NULL REFERENCES diagrams (id) ON DELETE CASCADE,
  table_schema TEXT NOT NULL,
  table_name TEXT NOT NULL,
  colour INTEGER,
  -- The server's internal number, by which a new name is known.
  rename_hint INTEGER,
  -- A JSON array of names, by which a new name is guessed.
  columns TEXT NOT NULL,
  -- Whether the database had it, and whether it was drawn, when the diagram was last.
  present INTEGER NOT NULL,
  drawn INTEGER NOT NULL,
  PRIMARY KEY (diagram_id, table_schema, table_name)
) STRICT, WITHOUT ROWID;

-- Where they lie, of each grouping apart, and how large they were then.
CREATE TABLE diagram_places (
  diagram_id TEXT NOT NULL REFERENCES diagrams (id) ON DELETE CASCADE,
  grouping TEXT NOT NULL,
  table_schema TEXT NOT NULL,
  table_name TEXT NOT NULL,
  x REAL NOT NULL,
  y REAL NOT NULL,
  width REAL NOT NULL,
  height REAL NOT NULL,
  PRIMARY KEY (diagram_id, grouping, table_schema, table_name)
) STRICT, WITHOUT ROWID;

-- Which way lines go between boxes, as long as neither of theirs was moved. A line without one goes straight.
CREATE TABLE diagram_ways (
  diagram_id TEXT NOT NULL REFERENCES diagrams (id) ON DELETE CASCADE,
  grouping TEXT NOT NULL,
  table_schema TEXT NOT NULL,
  table_name TEXT NOT NULL,
  other_schema TEXT NOT NULL,
  other_name TEXT NOT NULL,
  -- A JSON array: the key's name and its columns.
  line TEXT NOT NULL,
  -- A JSON array: x, y, x, y …
  way TEXT NOT NULL,
  PRIMARY KEY (diagram_id, grouping, table_schema, table_name, other_schema, other_name, line)
) STRICT, WITHOUT ROWID;
