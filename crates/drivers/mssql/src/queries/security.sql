-- Tables whose rows an enabled security policy filters.
SELECT s.name, o.name
FROM sys.all_objects o
JOIN sys.schemas s ON s.schema_id = o.schema_id
WHERE {within} AND EXISTS (
  SELECT 1 FROM sys.security_predicates q
  JOIN sys.security_policies y ON y.object_id = q.object_id AND y.is_enabled = 1
  WHERE q.target_object_id = o.object_id)
