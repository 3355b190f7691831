-- Indexes of tables, by their columns or expressions.
SELECT o.owner, o.object_name, o.index_name, o.index_type, o.uniqueness, o.status, k.column_name, k.descend,
  e.column_expression, p.constraint_name
FROM (SELECT a.*, a.table_name AS object_name FROM all_indexes a) o
JOIN all_ind_columns k ON k.index_owner = o.owner AND k.index_name = o.index_name
LEFT JOIN all_ind_expressions e ON e.index_owner = o.owner AND e.index_name = o.index_name AND e.column_position = k.column_position
LEFT JOIN all_constraints p ON p.owner = o.table_owner AND p.table_name = o.object_name AND p.index_name = o.index_name
  AND p.constraint_type = 'P'
WHERE o.index_type <> 'LOB' AND {within}
ORDER BY o.owner, o.object_name, o.index_name, k.column_position
