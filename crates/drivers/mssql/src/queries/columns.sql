-- Columns of tables and views.
SELECT s.name, o.name, c.column_id, c.name, CASE WHEN t.is_user_defined = 1 THEN ts.name END, t.name, c.max_length, c.precision,
  c.scale, c.is_nullable, d.definition, c.is_identity, k.definition, k.is_persisted,
  CASE WHEN c.collation_name <> CAST(DATABASEPROPERTYEX(DB_NAME(), 'Collation') AS nvarchar(128)) THEN c.collation_name END,
  CAST(e.value AS nvarchar(4000))
FROM sys.all_columns c
JOIN sys.all_objects o ON o.object_id = c.object_id
JOIN sys.schemas s ON s.schema_id = o.schema_id
JOIN sys.types t ON t.user_type_id = c.user_type_id
JOIN sys.schemas ts ON ts.schema_id = t.schema_id
LEFT JOIN sys.default_constraints d ON d.object_id = c.default_object_id
LEFT JOIN sys.computed_columns k ON k.object_id = c.object_id AND k.column_id = c.column_id
LEFT JOIN sys.extended_properties e
  ON e.class = 1 AND e.major_id = c.object_id AND e.minor_id = c.column_id AND e.name = N'MS_Description'
WHERE o.type IN ('U', 'V') AND {within}
ORDER BY s.name, o.name, c.column_id
