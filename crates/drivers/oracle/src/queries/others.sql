-- What is told by its name only.
SELECT o.owner, CASE o.object_type WHEN 'SYNONYM' THEN 'synonyms' WHEN 'TYPE' THEN 'types' WHEN 'QUEUE' THEN 'queues'
  WHEN 'JAVA CLASS' THEN 'Java classes' WHEN 'LIBRARY' THEN 'libraries' WHEN 'JOB' THEN 'jobs' ELSE 'contexts' END,
  o.object_name
FROM all_objects o
WHERE o.object_type IN ('SYNONYM', 'TYPE', 'QUEUE', 'JAVA CLASS', 'LIBRARY', 'JOB') AND {within}
ORDER BY 1, 2, 3
