-- Triggers on statements that change the schema.
select t.evtname, t.evtevent, t.evttags, format('%I.%I', n.nspname, p.proname), t.evtenabled, pg_get_userbyid(t.evtowner),
       d.description
from pg_event_trigger t
join pg_proc p on p.oid = t.evtfoid
join pg_namespace n on n.oid = p.pronamespace
left join pg_description d on d.classoid = 'pg_event_trigger'::regclass and d.objoid = t.oid and d.objsubid = 0
order by t.evtname collate "C"
