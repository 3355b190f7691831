-- Sequences.
SELECT s.name, o.name, t.name, CAST(o.start_value AS nvarchar(40)), CAST(o.minimum_value AS nvarchar(40)),
  CAST(o.maximum_value AS nvarchar(40)), CAST(o.increment AS nvarchar(40)), o.cache_size, o.is_cycling,
  CAST(o.current_value AS nvarchar(40)), COALESCE(po.name, ps.name)
FROM sys.sequences o
JOIN sys.schemas s ON s.schema_id = o.schema_id
JOIN sys.types t ON t.user_type_id = o.user_type_id
LEFT JOIN sys.database_principals po ON po.principal_id = o.principal_id
LEFT JOIN sys.database_principals ps ON ps.principal_id = s.principal_id
WHERE {within}
ORDER BY s.name, o.name
