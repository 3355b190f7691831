-- Columns of one attached database. 1: schema, 2: one relation or NULL, 3: whether views are wanted.
-- Hidden columns of virtual tables (hidden = 1) are arguments rather than data: SELECT * leaves them out, and so do we.
SELECT l.name, x.cid, x.name, x.type, x."notnull", x.dflt_value, x.pk, x.hidden
FROM pragma_table_list AS l
JOIN pragma_table_xinfo(l.name, l.schema) AS x
WHERE l.schema = ?1
  AND (?2 IS NULL OR l.name = ?2)
  AND (?3 OR l.type <> 'view')
  AND x.hidden <> 1
