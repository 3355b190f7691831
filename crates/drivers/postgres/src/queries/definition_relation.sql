-- The statements that make each of some relations again, in order, with the place of the relation among those asked for and
-- with what each statement is about. What a CREATE TABLE says already has place 0, so that it can still be asked for by
-- itself. Owners and privileges are left out.
--
-- Whatever is listed by relation carries its names along, so that no two lists are joined with each other: how many rows they
-- have is nothing the planner can know, and hundreds of relations times thousands of columns are not to be tried one by one.
-- $1 schemas, $2 relations: as many, no pair twice
with wanted as materialized (
  select w.number, n.oid as schema_id, n.nspname, w.relation_name
  from unnest($1::text[], $2::text[]) with ordinality as w (schema_name, relation_name, number)
  join pg_namespace n on n.nspname = w.schema_name
), target as (
  select w.number, c.oid as id, c.*, w.nspname, format('%I.%I', w.nspname, c.relname) as full_name, p.oid as parent_id,
         case when c.relispartition then format('%I.%I', pn.nspname, p.relname) end as partition_of,
         case c.relkind when 'v' then 'VIEW' when 'm' then 'MATERIALIZED VIEW' when 'f' then 'FOREIGN TABLE' else 'TABLE' end as word,
         c.relkind in ('r', 'p', 'f') as is_table
  from wanted w
  join pg_class c on c.relnamespace = w.schema_id and c.relname = w.relation_name
  left join pg_inherits i on i.inhrelid = c.oid and c.relispartition
  left join pg_class p on p.oid = i.inhparent
  left join pg_namespace pn on pn.oid = p.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f')
), constraints as (
  select t.number, t.word, t.full_name, k.*, pg_get_constraintdef(k.oid) as definition, ic.relname as index_name,
         -- What was never checked can only be added later.
         k.contype <> 'f' and k.convalidated as inside
  from target t
  join pg_constraint k on k.conrelid = t.id
  left join pg_attribute a on k.contype = 'n' and a.attrelid = t.id and a.attnum = k.conkey[1]
  left join pg_class ic on k.contype in ('p', 'u', 'x') and ic.oid = k.conindid
  where k.contype in ('p', 'u', 'x', 'c', 'f', 'n')
    and case when k.contype = 'f' then k.conparentid = 0
             when k.contype = 'n' then (k.conislocal or t.relispartition) and (k.connoinherit or not k.convalidated
                  or k.conname <> format('%s_%s_not_null', t.relname, a.attname))
             else k.conislocal or t.relispartition end
), not_nulls as (
  select k.number, array_agg(k.conkey[1]) as columns from constraints k where k.contype = 'n' group by k.number
), columns as (
  select t.number, a.attnum, format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod))
    || case when a.attfdwoptions is not null then
         ' OPTIONS (' || (select string_agg(format('%I %L', o.option_name, o.option_value), ', ')
                          from pg_options_to_table(a.attfdwoptions) o) || ')' else '' end
    || case when a.attcollation <> y.typcollation then
         (select format(' COLLATE %I.%I', ln.nspname, l.collname) from pg_collation l
          join pg_namespace ln on ln.oid = l.collnamespace where l.oid = a.attcollation) else '' end
    || case when a.attidentity <> '' and not t.relispartition then
         format(' GENERATED %s AS IDENTITY', case a.attidentity when 'a' then 'ALWAYS' else 'BY DEFAULT' end)
         || coalesce((select format(' (SEQUENCE NAME %I.%I START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s%s)',
              sn.nspname, sc.relname, s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache,
              case when s.seqcycle then ' CYCLE' else '' end)
            from pg_depend d join pg_class sc on sc.oid = d.objid and sc.relkind = 'S'
            join pg_namespace sn on sn.oid = sc.relnamespace join pg_sequence s on s.seqrelid = sc.oid
            where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = t.id
              and d.refobjsubid = a.attnum and d.deptype = 'i'
              and (sc.relname <> format('%s_%s_seq', t.relname, a.attname) or sn.nspname <> t.nspname
                or s.seqstart <> 1 or s.seqincrement <> 1 or s.seqmin <> 1 or s.seqcache <> 1 or s.seqcycle
                or s.seqmax <> case s.seqtypid when 'int2'::regtype then 32767 when 'int4'::regtype then 2147483647
                               else 9223372036854775807 end)), '')
       when a.attgenerated <> '' then format(' GENERATED ALWAYS AS (%s) %s', pg_get_expr(e.adbin, e.adrelid),
         case a.attgenerated when 's' then 'STORED' else 'VIRTUAL' end)
       when e.adbin is not null and t.is_table then ' DEFAULT ' || pg_get_expr(e.adbin, e.adrelid) else '' end
    || case when a.attnotnull and coalesce(a.attnum <> all (m.columns), true)
         then ' NOT NULL' else '' end as line
  from target t
  left join not_nulls m on m.number = t.number
  join pg_attribute a on a.attrelid = t.id and a.attnum > 0 and not a.attisdropped
  join pg_type y on y.oid = a.atttypid
  left join pg_attrdef e on e.adrelid = t.id and e.adnum = a.attnum
  where t.is_table and (a.attislocal or t.relispartition)
), lines as (
  select l.number, string_agg(l.line, E',\n    ' order by l.sort, l.place, l.name) as text
  from (
    select c.number, 1 as sort, c.attnum::int as place, c.line, null::text as name from columns c
    union all
    select k.number, 2, case k.contype when 'p' then 1 when 'u' then 2 when 'x' then 3 else 4 end,
           format('CONSTRAINT %I %s', k.conname, k.definition), k.conname::text
    from constraints k where k.inside) l
  group by l.number
), sequences as (
  select t.number, t.full_name, format('%I.%I', sn.nspname, sc.relname) as sequence_name, a.attname, s.*
  from target t
  join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = t.id and d.refobjsubid > 0
    and d.classid = 'pg_class'::regclass and d.deptype = 'a'
  join pg_class sc on sc.oid = d.objid and sc.relkind = 'S'
  join pg_namespace sn on sn.oid = sc.relnamespace
  join pg_sequence s on s.seqrelid = sc.oid
  join pg_attribute a on a.attrelid = t.id and a.attnum = d.refobjsubid
), triggers as (
  select t.number, t.word, t.full_name, t.is_table, g.* from target t join pg_trigger g on g.tgrelid = t.id
  where not g.tgisinternal
--since 13:    and g.tgparentid = 0
), indexes as (
  select t.number, t.nspname, t.relname, t.full_name, t.relreplident, x.*, ic.relname as index_name,
         exists (select from pg_constraint k where k.conindid = x.indexrelid and k.conrelid = t.id
                 and k.contype in ('p', 'u', 'x')) as behind_constraint
  from target t join pg_index x on x.indrelid = t.id join pg_class ic on ic.oid = x.indexrelid
)
select number, place, kind, object, statement from (
  select number, 10 as place, 'sequence' as kind, sequence_name as object, format('CREATE SEQUENCE %s AS %s START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s%s',
    sequence_name, format_type(seqtypid, null), seqstart, seqincrement, seqmin, seqmax, seqcache,
    case when seqcycle then ' CYCLE' else '' end) as statement
  from sequences
  union all
  select t.number, 20, 'relation', t.relname,
    case when t.relkind in ('v', 'm') then
      format(E'CREATE %s %s%s AS\n%s', t.word, t.full_name,
        coalesce(' WITH (' || array_to_string(t.reloptions, ', ') || ')', ''), rtrim(pg_get_viewdef(t.id), ';'))
    else
      format('CREATE %s%s %s (', case t.relpersistence when 'u' then 'UNLOGGED ' else '' end, t.word, t.full_name)
      || coalesce(E'\n    ' || l.text || E'\n', '') || ')'
      || coalesce((select E'\nINHERITS (' || string_agg(format('%I.%I', pn.nspname, p.relname), ', ' order by i.inhseqno) || ')'
                   from pg_inherits i join pg_class p on p.oid = i.inhparent join pg_namespace pn on pn.oid = p.relnamespace
                   where i.inhrelid = t.id and not t.relispartition), '')
      || coalesce(E'\nPARTITION BY ' || case when t.relkind = 'p' then pg_get_partkeydef(t.id) end, '')
      || case when t.relkind = 'r' then coalesce((select E'\nUSING ' || quote_ident(m.amname) from pg_am m
                                                  where m.oid = t.relam and m.amname <> 'heap'), '') else '' end
      || coalesce((select format(E'\nSERVER %I', v.srvname)
                     || coalesce((select ' OPTIONS (' || string_agg(format('%I %L', o.option_name, o.option_value), ', ') || ')'
                                  from pg_options_to_table(f.ftoptions) o), '')
                   from pg_foreign_table f join pg_foreign_server v on v.oid = f.ftserver where f.ftrelid = t.id), '')
      || coalesce((select E'\nWITH (' || string_agg(o.text, ', ') || ')' from (
           select unnest(t.reloptions) as text
           union all select 'toast.' || unnest(tc.reloptions) from pg_class tc where tc.oid = t.reltoastrelid) o), '')
    end
  from target t left join lines l on l.number = t.number
  union all
  select t.number, 25, 'column', a.attname, format('ALTER VIEW %s ALTER COLUMN %I SET DEFAULT %s', t.full_name, a.attname, pg_get_expr(e.adbin, e.adrelid))
  from target t join pg_attrdef e on e.adrelid = t.id join pg_attribute a on a.attrelid = t.id and a.attnum = e.adnum
  where t.relkind = 'v'
  union all
  select t.number, 26, 'column', a.attname, format('ALTER %s %s ALTER COLUMN %I SET STORAGE %s', t.word, t.full_name, a.attname,
    case a.attstorage when 'p' then 'PLAIN' when 'e' then 'EXTERNAL' when 'm' then 'MAIN' else 'EXTENDED' end)
  from target t join pg_attribute a on a.attrelid = t.id and a.attnum > 0 and not a.attisdropped
  join pg_type y on y.oid = a.atttypid
  where t.relkind in ('r', 'p', 'm') and a.attstorage <> y.typstorage
  union all
  select x.number, 30, 'index', x.index_name, pg_get_indexdef(x.indexrelid) from indexes x where not x.behind_constraint
  union all
  select k.number, 0, 'index', k.index_name, format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.full_name, k.conname, k.definition)
  from constraints k where k.index_name is not null
  union all
  select t.number, 40, 'partition', t.relname, format('ALTER TABLE %s ATTACH PARTITION %s %s', t.partition_of, t.full_name, pg_get_expr(t.relpartbound, t.id))
  from target t where t.relispartition
  union all
  select k.number, case when k.inside then 0 else 50 end, 'constraint', k.conname,
    format('ALTER %s %s ADD CONSTRAINT %I %s', k.word, k.full_name, k.conname, k.definition)
  from constraints k
  union all
  select number, 55, 'sequence', sequence_name, format('ALTER SEQUENCE %s OWNED BY %s.%I', sequence_name, full_name, attname)
  from sequences
  union all
  select x.number, 57, 'index', x.index_name, format('ALTER TABLE %s CLUSTER ON %I', x.full_name, x.index_name)
  from indexes x where x.indisclustered
  union all
  select t.number, 58, 'relation', t.relname, format('ALTER TABLE %s REPLICA IDENTITY %s', t.full_name,
    case t.relreplident when 'f' then 'FULL' else 'NOTHING' end)
  from target t where t.relreplident in ('f', 'n') and t.relkind in ('r', 'p')
  union all
  select x.number, 58, 'relation', x.relname, format('ALTER TABLE %s REPLICA IDENTITY USING INDEX %I', x.full_name, x.index_name)
  from indexes x where x.relreplident = 'i' and x.indisreplident
  union all
  select g.number, 60, 'trigger', g.tgname, pg_get_triggerdef(g.oid) from triggers g
  union all
  select g.number, 61, 'trigger', g.tgname, format('ALTER %s %s %s TRIGGER %I', g.word, g.full_name,
    case g.tgenabled when 'D' then 'DISABLE' when 'A' then 'ENABLE ALWAYS' else 'ENABLE REPLICA' end, g.tgname)
  from triggers g where g.tgenabled <> 'O' and g.is_table
  union all
  select t.number, 65, 'rule', r.rulename, rtrim(pg_get_ruledef(r.oid), ';')
  from target t join pg_rewrite r on r.ev_class = t.id and r.rulename <> '_RETURN'
  union all
  select t.number, 68, 'statistics', s.stxname, pg_get_statisticsobjdef(s.oid) from target t join pg_statistic_ext s on s.stxrelid = t.id
  union all
  select t.number, 70, 'policy', p.polname, format('CREATE POLICY %I ON %s AS %s FOR %s TO %s%s%s', p.polname, t.full_name,
    case when p.polpermissive then 'PERMISSIVE' else 'RESTRICTIVE' end,
    case p.polcmd when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE' when 'd' then 'DELETE' else 'ALL' end,
    (select string_agg(case when r.member = 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(r.member)) end, ', ' order by r.number)
     from unnest(p.polroles) with ordinality as r (member, number)),
    coalesce(E'\n    USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', ''),
    coalesce(E'\n    WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', ''))
  from target t join pg_policy p on p.polrelid = t.id
  union all
  select t.number, 75, 'row security', t.relname, format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t.full_name) from target t where t.relrowsecurity
  union all
  select t.number, 76, 'row security', t.relname, format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', t.full_name) from target t where t.relforcerowsecurity
  union all
  select t.number, 90, 'relation', t.relname, format('COMMENT ON %s %s IS %L', t.word, t.full_name, d.description)
  from target t join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = t.id and d.objsubid = 0
  union all
  select t.number, 91, 'column', lpad(a.attnum::text, 5, '0'), format('COMMENT ON COLUMN %s.%I IS %L', t.full_name, a.attname, d.description)
  from target t join pg_attribute a on a.attrelid = t.id and a.attnum > 0 and not a.attisdropped
  join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = t.id and d.objsubid = a.attnum
  union all
  select k.number, 92, 'constraint', k.conname, format('COMMENT ON CONSTRAINT %I ON %s IS %L', k.conname, k.full_name, d.description)
  from constraints k
  join pg_description d on d.classoid = 'pg_constraint'::regclass and d.objoid = k.oid
  union all
  select x.number, 93, 'index', x.index_name, format('COMMENT ON INDEX %I.%I IS %L', x.nspname, x.index_name, d.description)
  from indexes x
  join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = x.indexrelid and d.objsubid = 0
  union all
  select g.number, 94, 'trigger', g.tgname, format('COMMENT ON TRIGGER %I ON %s IS %L', g.tgname, g.full_name, d.description)
  from triggers g
  join pg_description d on d.classoid = 'pg_trigger'::regclass and d.objoid = g.oid
  union all
  select t.number, 95, 'policy', p.polname, format('COMMENT ON POLICY %I ON %s IS %L', p.polname, t.full_name, d.description)
  from target t join pg_policy p on p.polrelid = t.id
  join pg_description d on d.classoid = 'pg_policy'::regclass and d.objoid = p.oid
) as statements
order by number, place, object collate "C", statement collate "C"
