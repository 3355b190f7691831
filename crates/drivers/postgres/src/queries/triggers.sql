-- Triggers as they were declared, without the server's own and without the copies it keeps for partitions. Those name their
-- parent since 13; before, they count as its own.
-- $1 schemas or NULL, $2 relation or NULL, $3 also the server's own, $4 whether definitions are wanted
select t.tgrelid, t.tgname, t.tgtype, t.tgenabled, quote_ident(fn.nspname) || '.' || quote_ident(f.proname),
       case when $4::bool then pg_get_triggerdef(t.oid) end, d.description
from pg_trigger t
join pg_class c on c.oid = t.tgrelid
join pg_namespace n on n.oid = c.relnamespace
left join pg_proc f on f.oid = t.tgfoid
left join pg_namespace fn on fn.oid = f.pronamespace
left join pg_description d on d.classoid = 'pg_trigger'::regclass and d.objoid = t.oid and d.objsubid = 0
where not t.tgisinternal
--since 13:  and t.tgparentid = 0
  and ($1::text[] is null or n.nspname = any ($1::text[]))
  and ($2::text is null or c.relname = $2::text)
  and n.nspname !~ '^pg_(toast_)?temp_'
  and ($3::bool or not (n.nspname ~ '^pg_' or n.nspname = 'information_schema'))
