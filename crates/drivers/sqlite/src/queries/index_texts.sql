-- Texts of the indexes that CREATE INDEX made. 1: one relation or NULL.
SELECT name, sql
FROM {schema}.sqlite_schema
WHERE type = 'index'
  AND sql IS NOT NULL
  AND (?1 IS NULL OR tbl_name = ?1)
