-- Columns of tables and views.
SELECT o.owner, o.object_name, o.column_id, o.column_name, o.data_type_owner, o.data_type, o.char_used, o.char_length,
  o.data_length, o.data_precision, o.data_scale, o.nullable, o.data_default, o.virtual_column, o.identity_column,
  i.generation_type, c.comments
FROM (SELECT a.*, a.table_name AS object_name FROM all_tab_cols a WHERE a.hidden_column = 'NO') o
LEFT JOIN all_tab_identity_cols i ON i.owner = o.owner AND i.table_name = o.object_name AND i.column_name = o.column_name
LEFT JOIN all_col_comments c ON c.owner = o.owner AND c.table_name = o.object_name AND c.column_name = o.column_name
WHERE {within}
ORDER BY o.owner, o.object_name, o.column_id
