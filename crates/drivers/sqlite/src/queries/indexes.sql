-- Indexes of one attached database with their keys. 1: schema, 2: one relation or NULL.
SELECT l.name, i.name, i."unique", i.origin, i.partial, x.seqno, x.cid, x.name, x."desc"
FROM pragma_table_list AS l
JOIN pragma_index_list(l.name, l.schema) AS i
JOIN pragma_index_xinfo(i.name, l.schema) AS x
WHERE l.schema = ?1
  AND (?2 IS NULL OR l.name = ?2)
  AND l.type IN ('table', 'shadow')
  AND x.key
