-- Tables and views, with estimates. The table of a materialized view is that view.
SELECT o.owner, o.object_name, o.object_type, t.num_rows, c.comments, o.object_id, t.partitioned, t.temporary, t.iot_type
FROM all_objects o
LEFT JOIN all_tables t ON t.owner = o.owner AND t.table_name = o.object_name
LEFT JOIN all_tab_comments c ON c.owner = o.owner AND c.table_name = o.object_name
WHERE o.object_type IN ('TABLE', 'VIEW', 'MATERIALIZED VIEW') AND o.secondary = 'N' AND {within}
  AND (o.object_type <> 'TABLE' OR NOT EXISTS (
    SELECT 1 FROM all_mviews m WHERE m.owner = o.owner AND m.mview_name = o.object_name))
  AND NVL(t.nested, 'NO') = 'NO'
ORDER BY o.owner, o.object_name
