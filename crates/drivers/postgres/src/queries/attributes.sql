-- Names of the columns of relations outside the scope that foreign keys within it refer to.
-- $1 relations by number
select attrelid, attnum, attname
from pg_attribute
where attrelid = any ($1::oid[]) and attnum > 0 and not attisdropped
