-- Indexes, and the keys that stand on them, by their columns.
SELECT s.name, o.name, i.name, i.type_desc, i.is_unique, i.is_primary_key, i.is_unique_constraint, i.is_disabled,
  i.filter_definition, c.name, x.is_descending_key, x.is_included_column, CAST(e.value AS nvarchar(4000))
FROM sys.indexes i
JOIN sys.all_objects o ON o.object_id = i.object_id
JOIN sys.schemas s ON s.schema_id = o.schema_id
JOIN sys.index_columns x ON x.object_id = i.object_id AND x.index_id = i.index_id
JOIN sys.all_columns c ON c.object_id = x.object_id AND c.column_id = x.column_id
LEFT JOIN sys.extended_properties e ON e.class = 7 AND e.major_id = i.object_id AND e.minor_id = i.index_id AND e.name = N'MS_Description'
WHERE i.type > 0 AND i.is_hypothetical = 0 AND {within}
ORDER BY s.name, o.name, i.name, x.is_included_column, x.key_ordinal, x.index_column_id
