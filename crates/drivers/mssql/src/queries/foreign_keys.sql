-- Foreign keys, by their columns.
SELECT s.name, o.name, k.name, c.name, rs.name, r.name, rc.name, k.delete_referential_action_desc,
  k.update_referential_action_desc, k.is_disabled, k.is_not_trusted
FROM sys.foreign_keys k
JOIN sys.all_objects o ON o.object_id = k.parent_object_id
JOIN sys.schemas s ON s.schema_id = o.schema_id
JOIN sys.all_objects r ON r.object_id = k.referenced_object_id
JOIN sys.schemas rs ON rs.schema_id = r.schema_id
JOIN sys.foreign_key_columns f ON f.constraint_object_id = k.object_id
JOIN sys.all_columns c ON c.object_id = f.parent_object_id AND c.column_id = f.parent_column_id
JOIN sys.all_columns rc ON rc.object_id = f.referenced_object_id AND rc.column_id = f.referenced_column_id
WHERE {within}
ORDER BY s.name, o.name, k.name, f.constraint_column_id
