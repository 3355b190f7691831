-- Bytes of every tree of one attached database: tables and indexes. Reads the whole file.
SELECT name, pgsize
FROM dbstat
WHERE schema = ?1 AND aggregate = TRUE
