-- What tells, after the fact, whether a save of edits arrived.

-- JSON, from just before a save is committed until its answer is known: some of its rows as it leaves them. NULL otherwise.
ALTER TABLE edit_sets ADD COLUMN seal TEXT;
