-- Predicates of security policies.
SELECT ys.name, y.name, y.is_enabled, y.is_schema_bound, y.is_not_for_replication, s.name, o.name, q.predicate_type, q.operation,
  q.predicate_definition
FROM sys.security_policies y
JOIN sys.schemas ys ON ys.schema_id = y.schema_id
JOIN sys.security_predicates q ON q.object_id = y.object_id
JOIN sys.all_objects o ON o.object_id = q.target_object_id
JOIN sys.schemas s ON s.schema_id = o.schema_id
ORDER BY ys.name, y.name, q.security_predicate_id
