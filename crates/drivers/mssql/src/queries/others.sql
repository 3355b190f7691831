-- What is told by its name only.
SELECT s.name, N'synonyms', o.name
FROM sys.synonyms o
JOIN sys.schemas s ON s.schema_id = o.schema_id
WHERE {schemas}
UNION ALL
SELECT s.name, N'table types', t.name
FROM sys.table_types t
JOIN sys.schemas s ON s.schema_id = t.schema_id
WHERE {schemas}
UNION ALL
SELECT s.name, N'security policies', o.name
FROM sys.objects o
JOIN sys.schemas s ON s.schema_id = o.schema_id
WHERE o.type = 'SP' AND {schemas}
UNION ALL
SELECT NULL, N'assemblies', a.name
FROM sys.assemblies a
WHERE a.is_user_defined = 1
ORDER BY 1, 2, 3
