-- Functions and procedures by their parameters, and packages.
SELECT o.owner, o.object_name, o.object_type, p.authid, a.position, a.argument_name, a.in_out, a.type_owner,
  NVL(a.pls_type, a.data_type), 'B', a.char_length, NULL, a.data_precision, a.data_scale
FROM all_objects o
LEFT JOIN all_procedures p ON p.owner = o.owner AND p.object_name = o.object_name AND p.subprogram_id = 1
  AND o.object_type IN ('FUNCTION', 'PROCEDURE')
LEFT JOIN all_arguments a ON a.owner = o.owner AND a.object_name = o.object_name AND a.package_name IS NULL AND a.data_level = 0
  AND o.object_type IN ('FUNCTION', 'PROCEDURE')
WHERE o.object_type IN ('FUNCTION', 'PROCEDURE', 'PACKAGE') AND {within}
ORDER BY o.owner, o.object_name, a.position
