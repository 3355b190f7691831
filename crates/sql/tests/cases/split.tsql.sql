=== statements of a batch stay together
DECLARE @x int = 1;
SELECT @x;
SELECT 2
--- DECLARE @x int = 1;⏎SELECT @x;⏎SELECT 2
=== GO ends a batch on a line of its own
SELECT 1
GO
  go  
SELECT 2 AS go
GO -- done
-- nothing
GO
SELECT 3
--- SELECT 1
--- SELECT 2 AS go
--- SELECT 3
=== GO within quotes, comments and names is none
SELECT 'a
GO
', N'it''s
GO
', [b
GO
]]], "c
GO
" /* d
GO
/* e
GO
*/
GO
*/ FROM t
GO
SELECT 2
--- SELECT 'a⏎GO⏎', N'it''s⏎GO⏎', [b⏎GO⏎]]], "c⏎GO⏎" /* d⏎GO⏎/* e⏎GO⏎*/⏎GO⏎*/ FROM t
--- SELECT 2
=== a GO that shares its line with something else is a word
SELECT 1 GO
GO SELECT 2
goto_x:
GO
GOTO x
--- SELECT 1 GO⏎GO SELECT 2⏎goto_x:
--- GOTO x
=== a routine and what follows it
CREATE PROCEDURE p @a int AS BEGIN SELECT @a; UPDATE t SET a = 1; END
GO
EXEC p 1;
--- CREATE PROCEDURE p @a int AS BEGIN SELECT @a; UPDATE t SET a = 1; END
--- EXEC p 1;
=== semicolons before a batch are left out
;WITH c AS (SELECT 1 AS a) SELECT a FROM c;
--- WITH c AS (SELECT 1 AS a) SELECT a FROM c;
