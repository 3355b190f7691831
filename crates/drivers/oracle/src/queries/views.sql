-- Texts of views.
SELECT o.owner, o.object_name, o.text
FROM (SELECT owner, view_name AS object_name, text FROM all_views) o
WHERE {within}
