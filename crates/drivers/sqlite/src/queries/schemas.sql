-- The attached databases in the order names are looked up.
SELECT name, file
FROM pragma_database_list
ORDER BY seq
