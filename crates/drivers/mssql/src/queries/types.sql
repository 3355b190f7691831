-- Types that users made: other names of the server's own.
SELECT s.name, t.name, b.name, t.max_length, t.precision, t.scale, t.is_nullable, p.name
FROM sys.types t
JOIN sys.schemas s ON s.schema_id = t.schema_id
LEFT JOIN sys.types b ON b.user_type_id = t.system_type_id
LEFT JOIN sys.database_principals p ON p.principal_id = t.principal_id
WHERE t.is_user_defined = 1 AND t.is_table_type = 0 AND {schemas}
ORDER BY s.name, t.name
