-- Triggers of one attached database. 1: one relation or NULL.
SELECT name, tbl_name, sql
FROM {schema}.sqlite_schema
WHERE type = 'trigger'
  AND (?1 IS NULL OR tbl_name = ?1)
ORDER BY name
