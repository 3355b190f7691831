-- Sizes of tables.
SELECT DB_NAME(), s.name, o.name, i.type_desc, SUM(CASE WHEN p.index_id IN (0, 1) AND a.type = 1 THEN p.rows ELSE 0 END),
  SUM(a.total_pages) * 8192, SUM(CASE WHEN p.index_id IN (0, 1) THEN a.used_pages ELSE 0 END) * 8192,
  SUM(CASE WHEN p.index_id > 1 THEN a.used_pages ELSE 0 END) * 8192, SUM(a.total_pages - a.used_pages) * 8192
FROM sys.tables o
JOIN sys.schemas s ON s.schema_id = o.schema_id
JOIN sys.indexes i ON i.object_id = o.object_id AND i.index_id IN (0, 1)
JOIN sys.partitions p ON p.object_id = o.object_id
JOIN sys.allocation_units a ON a.container_id = CASE WHEN a.type = 2 THEN p.partition_id ELSE p.hobt_id END
WHERE o.is_ms_shipped = 0
GROUP BY s.name, o.name, i.type_desc
ORDER BY s.name, o.name
