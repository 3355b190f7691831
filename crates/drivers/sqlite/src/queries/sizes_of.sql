-- Bytes of the trees of one table: itself and its indexes. Reads every page of them.
SELECT name, pgsize
FROM dbstat
WHERE schema = ?1 AND aggregate = TRUE
  AND name IN (SELECT name FROM {schema}.sqlite_schema WHERE rootpage > 0 AND tbl_name = ?2)
