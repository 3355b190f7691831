-- Foreign keys of one attached database. 1: schema, 2: one relation or NULL.
SELECT l.name, f.id, f.seq, f."table", f."from", f."to", f.on_update, f.on_delete
FROM pragma_table_list AS l
JOIN pragma_foreign_key_list(l.name, l.schema) AS f
WHERE l.schema = ?1
  AND (?2 IS NULL OR l.name = ?2)
  AND l.type = 'table'
ORDER BY l.name, f.id, f.seq
