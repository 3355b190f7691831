-- Triggers of tables and views.
SELECT o.table_owner, o.object_name, o.trigger_name, o.trigger_type, o.triggering_event, o.status, o.description, o.trigger_body
FROM (SELECT a.*, a.table_name AS object_name FROM all_triggers a WHERE a.base_object_type IN ('TABLE', 'VIEW')) o
WHERE {within}
ORDER BY o.table_owner, o.object_name, o.trigger_name
