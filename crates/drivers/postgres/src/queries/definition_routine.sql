-- The statements that make each of some routines again, behind the place of the routine among those asked for; several rows
-- where its arguments were not given.
-- $1 schemas, $2 routines, $3 identity arguments or NULL: as many of each
with wanted as materialized (
  select w.number, n.oid as schema_id, n.nspname, w.routine_name, w.arguments
  from unnest($1::text[], $2::text[], $3::text[]) with ordinality as w (schema_name, routine_name, arguments, number)
  join pg_namespace n on n.nspname = w.schema_name
)
select n.number, case when p.prokind <> 'a' then rtrim(pg_get_functiondef(p.oid), E'\n')
  else format(E'CREATE AGGREGATE %I.%I(%s) (\n    SFUNC = %s,\n    STYPE = %s%s%s%s%s%s%s\n)', n.nspname, p.proname,
    case when a.aggkind = 'n' and p.pronargs = 0 then '*' else pg_get_function_arguments(p.oid) end,
    (select format('%I.%I', fn.nspname, f.proname) from pg_proc f join pg_namespace fn on fn.oid = f.pronamespace where f.oid = a.aggtransfn),
    format_type(a.aggtranstype, null),
    coalesce((select format(E',\n    FINALFUNC = %I.%I', fn.nspname, f.proname) from pg_proc f join pg_namespace fn on fn.oid = f.pronamespace where f.oid = a.aggfinalfn), ''),
    case when a.aggfinalextra then E',\n    FINALFUNC_EXTRA' else '' end,
    coalesce((select format(E',\n    COMBINEFUNC = %I.%I', fn.nspname, f.proname) from pg_proc f join pg_namespace fn on fn.oid = f.pronamespace where f.oid = a.aggcombinefn), ''),
    coalesce(format(E',\n    INITCOND = %L', a.agginitval), ''),
    case p.proparallel when 's' then E',\n    PARALLEL = SAFE' when 'r' then E',\n    PARALLEL = RESTRICTED' else '' end,
    case when a.aggkind = 'h' then E',\n    HYPOTHETICAL' else '' end) end,
  case when d.description is not null then
    format('COMMENT ON %s %I.%I(%s) IS %L',
      case p.prokind when 'p' then 'PROCEDURE' when 'a' then 'AGGREGATE' else 'FUNCTION' end, n.nspname, p.proname,
      case when p.prokind = 'a' and p.pronargs = 0 then '*' else pg_get_function_identity_arguments(p.oid) end, d.description) end
from wanted n
join pg_proc p on p.pronamespace = n.schema_id and p.proname = n.routine_name
left join pg_aggregate a on a.aggfnoid = p.oid
left join pg_description d on d.classoid = 'pg_proc'::regclass and d.objoid = p.oid and d.objsubid = 0
where n.arguments is null or pg_get_function_identity_arguments(p.oid) = n.arguments
order by n.number, pg_get_function_identity_arguments(p.oid) collate "C"
