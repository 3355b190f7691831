=== two statements
SELECT 1; SELECT 2
--- SELECT 1
--- SELECT 2
=== a semicolon in a string, a quoted name and comments
SELECT ';', ";" /* ; /* ; */ ; */ -- ;
FROM t; SELECT 2;
--- SELECT ';', ";" /* ; /* ; */ ; */ -- ;⏎FROM t
--- SELECT 2
=== dollar quotes with tags
DO $a$ BEGIN; $$ ; $b$ ; END $a$; SELECT 1
--- DO $a$ BEGIN; $$ ; $b$ ; END $a$
--- SELECT 1
=== a dollar inside a name opens no quote
SELECT a$b$c; SELECT $1;
--- SELECT a$b$c
--- SELECT $1
=== escape strings
SELECT E'\'; still', 'no\'; SELECT 2
--- SELECT E'\'; still', 'no\'
--- SELECT 2
=== a continued escape string keeps its escapes
SELECT E'a'
  -- and a comment between
  'b\'; x'; SELECT 2
--- SELECT E'a'⏎  -- and a comment between⏎  'b\'; x'
--- SELECT 2
=== comments alone are no statements
-- nothing
;; /* nothing; */ ;
--
=== a rule with two actions
CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO a VALUES (1); INSERT INTO b VALUES (2)); SELECT 1
--- CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO a VALUES (1); INSERT INTO b VALUES (2))
--- SELECT 1
=== a body in standard SQL with CASE
CREATE OR REPLACE FUNCTION f(a int) RETURNS int BEGIN ATOMIC SELECT CASE WHEN a > 1 THEN 1 ELSE 2 END; SELECT 3; END; SELECT 1
--- CREATE OR REPLACE FUNCTION f(a int) RETURNS int BEGIN ATOMIC SELECT CASE WHEN a > 1 THEN 1 ELSE 2 END; SELECT 3; END
--- SELECT 1
=== an empty body
CREATE PROCEDURE p() BEGIN ATOMIC END; SELECT 1
--- CREATE PROCEDURE p() BEGIN ATOMIC END
--- SELECT 1
=== BEGIN alone is a transaction
BEGIN; UPDATE t SET a = 1; END; SELECT 1
--- BEGIN
--- UPDATE t SET a = 1
--- END
--- SELECT 1
=== a trigger has no body here
CREATE TRIGGER t BEFORE INSERT ON a EXECUTE FUNCTION f(); SELECT 1
--- CREATE TRIGGER t BEFORE INSERT ON a EXECUTE FUNCTION f()
--- SELECT 1
=== inline data
COPY t (a, b) FROM STDIN WITH (FORMAT csv);
1,;
'2
\.
SELECT 1;
--- COPY t (a, b) FROM STDIN WITH (FORMAT csv) ⇐ 1,;⏎'2⏎
--- SELECT 1
=== inline data of nothing, in lower case
copy t from stdin;
\.
SELECT 1
--- copy t from stdin ⇐ 
--- SELECT 1
=== a copy without data before its end
COPY t FROM STDIN;
SELECT 1;
--- COPY t FROM STDIN ⇐?
--- SELECT 1
=== a copy from a file and one to the client read nothing
COPY t FROM 'stdin'; COPY (SELECT x FROM stdin) TO STDOUT; SELECT 1
--- COPY t FROM 'stdin'
--- COPY (SELECT x FROM stdin) TO STDOUT
--- SELECT 1
=== commands of the terminal client
\copy t from 'a;b.csv' csv
SELECT 1
--- \copy t from 'a;b.csv' csv
--- SELECT 1
=== a hint for the planner goes along
-- a note
/*+ SeqScan(t) */ SELECT 1; SELECT 2
--- /*+ SeqScan(t) */ SELECT 1
--- SELECT 2
=== an open quote takes the rest
SELECT 'a; SELECT 2;
--- SELECT 'a; SELECT 2;
=== an open comment is not part of a statement
SELECT 1; /* a /* b */ ; SELECT 2
--- SELECT 1
=== Windows line breaks
SELECT 1;
SELECT 2;
--- SELECT 1
--- SELECT 2
=== a carriage return ends a comment
SELECT 1 -- ␍; SELECT 2
--- SELECT 1
--- SELECT 2
=== names beyond ASCII
SELECT "we""ird;name 🚀", süß FROM 表; SELECT 2
--- SELECT "we""ird;name 🚀", süß FROM 表
--- SELECT 2
=== a bit string and a Unicode one
SELECT B'1;', X'f;', U&'\0041;' UESCAPE '!', U&"a;b", N'x;'; SELECT 2
--- SELECT B'1;', X'f;', U&'\0041;' UESCAPE '!', U&"a;b", N'x;'
--- SELECT 2
=== an operator that begins like a comment
SELECT 1 */*;*/ 2; SELECT 3 - -1
--- SELECT 1 */*;*/ 2
--- SELECT 3 - -1
=== a parameter is no quote
SELECT $1$$;$$; SELECT 2
--- SELECT $1$$;$$
--- SELECT 2
