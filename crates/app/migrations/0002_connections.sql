-- Passwords from commands, and what a person marks a connection with.

-- A JSON object: the command that prints the password.
ALTER TABLE profiles ADD COLUMN password_command TEXT;
-- The digest of the command and of where its password goes, as a person has agreed to it. Without it nothing is run.
ALTER TABLE profiles ADD COLUMN trusted_command TEXT;

-- Apart from the profiles, because the sample has a line here and none there.
CREATE TABLE profile_marks (
  profile_id TEXT PRIMARY KEY,
  favourite INTEGER NOT NULL DEFAULT 0,
  -- A JSON array: the schemas that are shown; empty shows all.
  schemas TEXT NOT NULL DEFAULT '[]'
) STRICT;
