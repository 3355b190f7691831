-- Keys and checks of tables, by their columns. That a column is NOT NULL is said with the column.
SELECT o.owner, o.object_name, o.constraint_name, o.constraint_type, o.search_condition, o.status, o.validated, o.deferrable,
  o.deferred, o.generated, k.column_name
FROM (SELECT a.*, a.table_name AS object_name FROM all_constraints a) o
LEFT JOIN all_cons_columns k ON k.owner = o.owner AND k.constraint_name = o.constraint_name
WHERE o.constraint_type IN ('P', 'U', 'C') AND {within}
ORDER BY o.owner, o.object_name, o.constraint_name, k.position
