-- Triggers of tables and views, by their events.
SELECT s.name, o.name, g.name, g.is_disabled, g.is_instead_of_trigger, v.type_desc, OBJECT_DEFINITION(g.object_id)
FROM sys.triggers g
JOIN sys.all_objects o ON o.object_id = g.parent_id
JOIN sys.schemas s ON s.schema_id = o.schema_id
JOIN sys.trigger_events v ON v.object_id = g.object_id
WHERE g.parent_class = 1 AND {within}
ORDER BY s.name, o.name, g.name, v.type
