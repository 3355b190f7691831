=== names in every quote
SELECT [a;b], `c;d`, "e;f", 'g;h' FROM [t]; SELECT 2
--- SELECT [a;b], `c;d`, "e;f", 'g;h' FROM [t]
--- SELECT 2
=== a trigger with CASE and END
CREATE TEMP TRIGGER IF NOT EXISTS t AFTER UPDATE ON a WHEN CASE 1 WHEN 1 THEN 1 END BEGIN
  UPDATE a SET b = CASE WHEN c THEN 1 ELSE 2 END; DELETE FROM d WHERE "end" = 1;
END; SELECT 1
--- CREATE TEMP TRIGGER IF NOT EXISTS t AFTER UPDATE ON a WHEN CASE 1 WHEN 1 THEN 1 END BEGIN⏎  UPDATE a SET b = CASE WHEN c THEN 1 ELSE 2 END; DELETE FROM d WHERE "end" = 1;⏎END
--- SELECT 1
=== a column called end
CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT end FROM b; SELECT begin FROM c; END; SELECT 1
--- CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT end FROM b; SELECT begin FROM c; END
--- SELECT 1
=== an explained trigger
EXPLAIN QUERY PLAN CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END; SELECT 2
--- EXPLAIN QUERY PLAN CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END
--- SELECT 2
=== a transaction
BEGIN; INSERT INTO t VALUES (1); END;
--- BEGIN
--- INSERT INTO t VALUES (1)
--- END
=== comments do not nest
SELECT 1 /* a /* b */; SELECT 2
--- SELECT 1
--- SELECT 2
=== backslashes and dollars mean nothing
SELECT '\'; SELECT '$$;' ; SELECT $$
--- SELECT '\'
--- SELECT '$$;'
--- SELECT $$
=== an open parenthesis does not take the next statement
SELECT (1; SELECT 2
--- SELECT (1
--- SELECT 2
=== a blob and parameters
INSERT INTO t VALUES (x'3b', ?, ?12, :a, @b, $c::d(e), -1); SELECT 2
--- INSERT INTO t VALUES (x'3b', ?, ?12, :a, @b, $c::d(e), -1)
--- SELECT 2
=== copy is nothing special
COPY t FROM STDIN; SELECT 1
--- COPY t FROM STDIN
--- SELECT 1
