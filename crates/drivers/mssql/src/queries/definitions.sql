-- Texts of views, routines and triggers.
SELECT s.name, o.name, m.definition
FROM sys.all_sql_modules m
JOIN sys.all_objects o ON o.object_id = m.object_id
JOIN sys.schemas s ON s.schema_id = o.schema_id
WHERE {within}
ORDER BY s.name, o.name
