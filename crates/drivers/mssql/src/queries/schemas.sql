-- Schemas of the database.
SELECT s.name, p.name, CAST(e.value AS nvarchar(4000)),
  CASE WHEN s.schema_id BETWEEN 2 AND 4 OR s.schema_id >= 16384 THEN 1 ELSE 0 END
FROM sys.schemas s
LEFT JOIN sys.database_principals p ON p.principal_id = s.principal_id
LEFT JOIN sys.extended_properties e ON e.class = 3 AND e.major_id = s.schema_id AND e.name = N'MS_Description'
WHERE {schemas}
ORDER BY s.name
