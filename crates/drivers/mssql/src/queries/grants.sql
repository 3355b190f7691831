-- Privileges on objects, columns, schemas and the database; those denied have a word of their own.
SELECT d.class, s.name, o.name, o.type, c.name, p.name, g.name, d.permission_name, d.state
FROM sys.database_permissions d
JOIN sys.database_principals p ON p.principal_id = d.grantee_principal_id
LEFT JOIN sys.database_principals g ON g.principal_id = d.grantor_principal_id
LEFT JOIN sys.all_objects o ON d.class = 1 AND o.object_id = d.major_id
LEFT JOIN sys.schemas s ON s.schema_id = CASE WHEN d.class = 3 THEN d.major_id ELSE o.schema_id END
LEFT JOIN sys.all_columns c ON d.class = 1 AND d.minor_id > 0 AND c.object_id = d.major_id AND c.column_id = d.minor_id
WHERE d.class IN (0, 1, 3) AND (d.class = 0 OR ({schemas}))
ORDER BY d.class, s.name, o.name, c.name, p.name, d.permission_name
