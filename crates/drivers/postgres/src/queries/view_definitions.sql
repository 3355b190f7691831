-- The queries of views.
-- $1 views by number
select w.oid, pg_get_viewdef(w.oid) from unnest($1::oid[]) as w (oid)
