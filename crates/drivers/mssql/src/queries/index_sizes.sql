-- Sizes of indexes.
SELECT DB_NAME(), s.name, o.name, i.name, SUM(a.used_pages) * 8192, i.is_primary_key, i.is_unique, i.is_disabled
FROM sys.indexes i
JOIN sys.tables o ON o.object_id = i.object_id
JOIN sys.schemas s ON s.schema_id = o.schema_id
LEFT JOIN sys.partitions p ON p.object_id = i.object_id AND p.index_id = i.index_id
LEFT JOIN sys.allocation_units a ON a.container_id = CASE WHEN a.type = 2 THEN p.partition_id ELSE p.hobt_id END
WHERE i.name IS NOT NULL AND i.is_hypothetical = 0 AND o.is_ms_shipped = 0
GROUP BY s.name, o.name, i.name, i.is_primary_key, i.is_unique, i.is_disabled
ORDER BY s.name, o.name, i.name
