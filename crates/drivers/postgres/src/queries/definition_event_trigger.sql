-- The statements that make one event trigger again.
-- $1 event trigger
select format(E'CREATE EVENT TRIGGER %I\n    ON %I%s\n    EXECUTE FUNCTION %I.%I()', t.evtname, t.evtevent,
    coalesce((select E'\n    WHEN TAG IN (' || string_agg(quote_literal(u.tag), ', ' order by u.number) || ')'
              from unnest(t.evttags) with ordinality as u (tag, number)), ''),
    n.nspname, p.proname),
  case t.evtenabled when 'D' then format('ALTER EVENT TRIGGER %I DISABLE', t.evtname)
    when 'R' then format('ALTER EVENT TRIGGER %I ENABLE REPLICA', t.evtname)
    when 'A' then format('ALTER EVENT TRIGGER %I ENABLE ALWAYS', t.evtname) end,
  case when d.description is not null then format('COMMENT ON EVENT TRIGGER %I IS %L', t.evtname, d.description) end
from pg_event_trigger t
join pg_proc p on p.oid = t.evtfoid
join pg_namespace n on n.oid = p.pronamespace
left join pg_description d on d.classoid = 'pg_event_trigger'::regclass and d.objoid = t.oid and d.objsubid = 0
where t.evtname = $1::text
