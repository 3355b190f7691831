-- Predicates of security policies.
SELECT ys.name, y.name, y.is_enabled,
  CASE WHEN EXISTS (
    SELECT 1 FROM sys.sql_expression_dependencies x WHERE x.referencing_id = y.object_id AND x.is_schema_bound_reference = 0
  ) THEN 0 ELSE 1 END,
  y.is_not_for_replication, s.name, o.name, q.predicate_type, q.operation, q.predicate_definition
FROM sys.security_policies y
JOIN sys.schemas ys ON ys.schema_id = y.schema_id
JOIN sys.security_predicates q ON q.object_id = y.object_id
JOIN sys.all_objects o ON o.object_id = q.target_object_id
JOIN sys.schemas s ON s.schema_id = o.schema_id
ORDER BY ys.name, y.name, q.security_predicate_id
