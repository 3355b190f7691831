-- Whether there is a table of buckets as Supabase's storage makes it, whose rows this login would all see.
select not row_security_active(c.oid)
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute i on i.attrelid = c.oid and i.attname = 'id' and i.atttypid = 'text'::regtype and not i.attisdropped
join pg_attribute p on p.attrelid = c.oid and p.attname = 'public' and p.atttypid = 'bool'::regtype and not p.attisdropped
where n.nspname = 'storage' and c.relname = 'buckets' and c.relkind = 'r'
