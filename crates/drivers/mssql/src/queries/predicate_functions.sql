-- Functions of predicates.
SELECT DISTINCT s.name, o.name, OBJECT_DEFINITION(o.object_id)
FROM sys.sql_expression_dependencies x
JOIN sys.security_policies y ON y.object_id = x.referencing_id
JOIN sys.all_objects o ON o.object_id = x.referenced_id AND o.type IN ('IF', 'TF', 'FN')
JOIN sys.schemas s ON s.schema_id = o.schema_id
ORDER BY s.name, o.name
