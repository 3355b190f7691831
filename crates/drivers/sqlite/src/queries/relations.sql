-- Relations of one attached database. 1: schema, 2: one relation or NULL, 3: whether shadow tables and SQLite's own are wanted.
SELECT l.name, l.type, l.wr, l.strict, m.sql, m.rootpage
FROM pragma_table_list AS l
LEFT JOIN {schema}.sqlite_schema AS m ON m.name = l.name AND m.type IN ('table', 'view')
WHERE l.schema = ?1
  AND (?2 IS NULL OR l.name = ?2)
  AND (?3 OR (l.type <> 'shadow' AND l.name NOT LIKE 'sqlite\_%' ESCAPE '\'))
ORDER BY l.name
