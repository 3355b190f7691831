-- Foreign keys, by their columns.
SELECT o.owner, o.object_name, o.constraint_name, k.column_name, r.owner, r.table_name, c.column_name, o.delete_rule,
  o.deferrable, o.deferred, o.validated
FROM (SELECT a.*, a.table_name AS object_name FROM all_constraints a) o
JOIN all_constraints r ON r.owner = o.r_owner AND r.constraint_name = o.r_constraint_name
JOIN all_cons_columns k ON k.owner = o.owner AND k.constraint_name = o.constraint_name
JOIN all_cons_columns c ON c.owner = r.owner AND c.constraint_name = r.constraint_name AND c.position = k.position
WHERE o.constraint_type = 'R' AND {within}
ORDER BY o.owner, o.object_name, o.constraint_name, k.position
