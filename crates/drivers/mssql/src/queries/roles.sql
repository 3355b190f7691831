-- Users and roles of the database, by the roles they are members of.
SELECT p.name, p.type, r.name
FROM sys.database_principals p
LEFT JOIN sys.database_role_members m ON m.member_principal_id = p.principal_id
LEFT JOIN sys.database_principals r ON r.principal_id = m.role_principal_id
ORDER BY p.name, r.name
