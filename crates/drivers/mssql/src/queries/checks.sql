-- Checks of tables.
SELECT s.name, o.name, k.name, k.definition, k.is_disabled, k.is_not_trusted
FROM sys.check_constraints k
JOIN sys.all_objects o ON o.object_id = k.parent_object_id
JOIN sys.schemas s ON s.schema_id = o.schema_id
WHERE {within}
ORDER BY s.name, o.name, k.name
