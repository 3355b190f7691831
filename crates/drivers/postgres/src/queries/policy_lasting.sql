-- What a statement may do that no rollback undoes: functions that it calls, sequences and triggers of the table that it adds
-- rows to.
-- $1 schemas of functions or NULLs, $2 their names, $3 the table in SQL or NULL, $4 whether rows are added
with target as (select to_regclass($3::text)::oid as oid)
select 'routine', n.nspname, p.proname, l.lanname
from (select distinct * from unnest($1::text[], $2::text[]) as w (schema, name)) w
join pg_proc p on p.proname = w.name
join pg_namespace n on n.oid = p.pronamespace
join pg_language l on l.oid = p.prolang
where p.provolatile = 'v' and case when w.schema is null then pg_function_is_visible(p.oid) else n.nspname = w.schema end
union
select 'sequence', n.nspname, s.relname, null
from target t
join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = t.oid
                and d.classid = 'pg_class'::regclass and d.deptype in ('a', 'i')
join pg_class s on s.oid = d.objid and s.relkind = 'S'
join pg_namespace n on n.oid = s.relnamespace
where $4::bool
union
select 'sequence', n.nspname, s.relname, null
from target t
join pg_attrdef f on f.adrelid = t.oid
join pg_depend d on d.classid = 'pg_attrdef'::regclass and d.objid = f.oid and d.refclassid = 'pg_class'::regclass
join pg_class s on s.oid = d.refobjid and s.relkind = 'S'
join pg_namespace n on n.oid = s.relnamespace
where $4::bool
union
select 'trigger', n.nspname, p.proname, g.tgname
from target t
join pg_trigger g on g.tgrelid = t.oid and not g.tgisinternal and g.tgenabled <> 'D'
join pg_proc p on p.oid = g.tgfoid
join pg_namespace n on n.oid = p.pronamespace
order by 1, 2, 3, 4
