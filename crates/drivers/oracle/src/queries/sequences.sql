-- Sequences.
SELECT o.sequence_owner, o.object_name, o.min_value, o.max_value, o.increment_by, o.cycle_flag, o.cache_size, o.last_number
FROM (SELECT a.*, a.sequence_owner AS owner, a.sequence_name AS object_name FROM all_sequences a) o
WHERE {within}
ORDER BY o.sequence_owner, o.object_name
