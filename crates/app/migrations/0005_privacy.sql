-- What is not recorded, what was forgotten of one connection, and how a window is split.

ALTER TABLE profiles ADD COLUMN recorded INTEGER NOT NULL DEFAULT 1;

-- Up to which line of the audit trail a person had one connection's lines forgotten; what is later stays.
CREATE TABLE audit_forgotten_of (
  profile_id TEXT PRIMARY KEY,
  until_id INTEGER NOT NULL
) STRICT;
DROP TRIGGER audit_is_kept;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
WHEN old.at_ms >= (SELECT until_ms FROM audit_forgotten)
  AND NOT EXISTS (
    SELECT 1 FROM audit_forgotten_of f
    WHERE f.profile_id = coalesce(old.profile_id, (SELECT begun.profile_id FROM audit begun WHERE begun.id = old.of))
      AND old.id <= f.until_id
  )
BEGIN
  SELECT RAISE(ABORT, 'the audit trail is append-only');
END;

-- The window's own JSON: which tabs stand in the second group, and how the two share the place.
ALTER TABLE windows ADD COLUMN layout TEXT;
