-- What ANALYZE counted: the first number is the rows of the index, or of the table where idx is NULL.
SELECT s.tbl, max(CAST(s.stat AS INTEGER))
FROM {schema}.sqlite_stat1 AS s
GROUP BY s.tbl
