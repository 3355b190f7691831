-- Databases of the server.
SELECT d.name, SUSER_SNAME(d.owner_sid), d.collation_name, CASE WHEN d.name = DB_NAME() THEN 1 ELSE 0 END, HAS_DBACCESS(d.name)
FROM sys.databases d
ORDER BY d.name
