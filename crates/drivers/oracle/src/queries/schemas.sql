-- Users, which are schemas.
SELECT u.username, u.oracle_maintained
FROM all_users u
WHERE {schemas}
ORDER BY u.username
