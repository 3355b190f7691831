-- Tables and views, with sizes and estimates.
SELECT s.name, o.name, o.type, COALESCE(po.name, ps.name), CAST(e.value AS nvarchar(4000)), z.row_count, z.bytes, o.object_id,
  HAS_PERMS_BY_NAME(QUOTENAME(s.name) + N'.' + QUOTENAME(o.name), N'OBJECT', N'SELECT'), f.name,
  CASE WHEN i.type = 5 THEN 1 ELSE 0 END
FROM sys.all_objects o
JOIN sys.schemas s ON s.schema_id = o.schema_id
LEFT JOIN sys.database_principals po ON po.principal_id = o.principal_id
LEFT JOIN sys.database_principals ps ON ps.principal_id = s.principal_id
LEFT JOIN sys.extended_properties e ON e.class = 1 AND e.major_id = o.object_id AND e.minor_id = 0 AND e.name = N'MS_Description'
LEFT JOIN sys.indexes i ON i.object_id = o.object_id AND i.index_id IN (0, 1)
LEFT JOIN sys.partition_schemes h ON h.data_space_id = i.data_space_id
LEFT JOIN sys.partition_functions f ON f.function_id = h.function_id
LEFT JOIN (
  SELECT p.object_id, SUM(CASE WHEN p.index_id IN (0, 1) AND a.type = 1 THEN p.rows ELSE 0 END) AS row_count,
    SUM(a.total_pages) * 8192 AS bytes
  FROM sys.partitions p
  JOIN sys.allocation_units a ON a.container_id = CASE WHEN a.type = 2 THEN p.partition_id ELSE p.hobt_id END
  GROUP BY p.object_id
) z ON z.object_id = o.object_id
WHERE o.type IN ('U', 'V') AND {within}
ORDER BY s.name, o.name
