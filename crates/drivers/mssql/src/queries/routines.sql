-- Functions and procedures, by their parameters.
SELECT s.name, o.name, o.type, COALESCE(po.name, ps.name), CAST(e.value AS nvarchar(4000)), r.parameter_id, r.name,
  CASE WHEN t.is_user_defined = 1 THEN ts.name END, t.name, r.max_length, r.precision, r.scale, r.is_output, r.is_readonly,
  m.execute_as_principal_id
FROM sys.all_objects o
JOIN sys.schemas s ON s.schema_id = o.schema_id
LEFT JOIN sys.database_principals po ON po.principal_id = o.principal_id
LEFT JOIN sys.database_principals ps ON ps.principal_id = s.principal_id
LEFT JOIN sys.extended_properties e ON e.class = 1 AND e.major_id = o.object_id AND e.minor_id = 0 AND e.name = N'MS_Description'
LEFT JOIN sys.all_sql_modules m ON m.object_id = o.object_id
LEFT JOIN sys.all_parameters r ON r.object_id = o.object_id
LEFT JOIN sys.types t ON t.user_type_id = r.user_type_id
LEFT JOIN sys.schemas ts ON ts.schema_id = t.schema_id
WHERE o.type IN ('P', 'PC', 'X', 'FN', 'FS', 'IF', 'TF', 'FT', 'AF') AND {within}
ORDER BY s.name, o.name, r.parameter_id
