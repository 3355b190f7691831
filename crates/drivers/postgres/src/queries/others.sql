-- What no other question reads, by what holds it, without what came with extensions.
-- $1 schemas or NULL, $2 relation or NULL, $3 also the server's own schemas
with own as (
  select n.oid, n.nspname from pg_namespace n
  where ($1::text[] is null or n.nspname = any ($1::text[]))
    and n.nspname !~ '^pg_(toast_)?temp_'
    and ($3::bool or not (n.nspname ~ '^pg_' or n.nspname = 'information_schema'))
), relation as (
  select c.oid, c.relname, c.relkind, c.relreplident, c.reloftype, c.reltablespace, n.nspname from pg_class c join own n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and ($2::text is null or c.relname = $2::text)
), found (class, object, schema, relation, what, name) as (
  select 'pg_rewrite'::regclass, r.oid, c.nspname::text, c.relname::text, 'rules', r.rulename::text
  from pg_rewrite r join relation c on c.oid = r.ev_class where r.rulename <> '_RETURN'
  union all
  select 'pg_attrdef'::regclass, d.oid, c.nspname, c.relname, 'own defaults of columns', a.attname
  from pg_attrdef d join relation c on c.oid = d.adrelid
  join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
  where c.relkind = 'v'
    or (a.attinhcount > 0 and a.attgenerated = '' and not exists (
          select 1 from pg_inherits i
          join pg_attribute p on p.attrelid = i.inhparent and p.attname = a.attname
          join pg_attrdef pd on pd.adrelid = p.attrelid and pd.adnum = p.attnum
          where i.inhrelid = c.oid and pg_get_expr(pd.adbin, pd.adrelid) = pg_get_expr(d.adbin, d.adrelid)))
  union all
  select 'pg_class'::regclass, c.oid, c.nspname, c.relname, 'columns that are NOT NULL beyond its parent''s', a.attname
  from relation c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and a.attinhcount > 0 and a.attnotnull
  where not exists (
      select 1 from pg_inherits i join pg_attribute p on p.attrelid = i.inhparent and p.attname = a.attname
      where i.inhrelid = c.oid and p.attnotnull)
    and not exists (
      select 1 from pg_index k where k.indrelid = c.oid and k.indisprimary and a.attnum = any (k.indkey))
  union all
  select 'pg_class'::regclass, c.oid, c.nspname, c.relname, 'ways of storing columns', a.attname
  from relation c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  join pg_type t on t.oid = a.atttypid
  where c.relkind in ('r', 'p', 'm') and (a.attstorage <> t.typstorage or a.attstattarget >= 0 and c.relkind <> 'v'
--since 14:    or a.attcompression <> ''
    )
  union all
  select 'pg_class'::regclass, c.oid, c.nspname, c.relname, 'replica identity and clustering',
    case when c.relreplident = 'f' then 'full' when c.relreplident = 'n' then 'nothing'
         when c.relreplident = 'i' then (select k.indexrelid::regclass::text from pg_index k where k.indrelid = c.oid and k.indisreplident)
         else (select k.indexrelid::regclass::text from pg_index k where k.indrelid = c.oid and k.indisclustered) end
  from relation c
  where c.relkind in ('r', 'p', 'm')
    and (c.relreplident <> 'd' or exists (select 1 from pg_index k where k.indrelid = c.oid and k.indisclustered))
  union all
  select 'pg_class'::regclass, c.oid, c.nspname, c.relname, 'ties to a composite type', t.oid::regtype::text
  from relation c join pg_type t on t.oid = c.reloftype
  union all
  select 'pg_class'::regclass, c.oid, c.nspname, c.relname, 'tablespaces', s.spcname
  from relation c join pg_tablespace s on s.oid = c.reltablespace
  union all
  select 'pg_statistic_ext'::regclass, s.oid, c.nspname, c.relname, 'extended statistics', s.stxname
  from pg_statistic_ext s join relation c on c.oid = s.stxrelid
  union all
  select x.class, x.oid, n.nspname, null, x.what, x.name
  from (
    select 'pg_collation'::regclass, oid, collnamespace, 'collations', collname::text from pg_collation
    union all
    select 'pg_conversion'::regclass, oid, connamespace, 'conversions', conname::text from pg_conversion
    union all
    select 'pg_operator'::regclass, oid, oprnamespace, 'operators', oprname::text from pg_operator
    union all
    select 'pg_opclass'::regclass, oid, opcnamespace, 'operator classes', opcname::text from pg_opclass
    union all
    select 'pg_ts_config'::regclass, oid, cfgnamespace, 'text search configurations', cfgname::text from pg_ts_config
    union all
    select 'pg_ts_dict'::regclass, oid, dictnamespace, 'text search dictionaries', dictname::text from pg_ts_dict
    union all
    select 'pg_default_acl'::regclass, oid, defaclnamespace, 'default privileges', pg_get_userbyid(defaclrole)::text
    from pg_default_acl where defaclnamespace <> 0
  ) x (class, oid, namespace, what, name)
  join own n on n.oid = x.namespace
  where $2::text is null
  union all
  select x.class, x.oid, null, null, x.what, x.name
  from (
    select 'pg_event_trigger'::regclass, oid, 'event triggers', evtname::text from pg_event_trigger
    union all
    select 'pg_publication'::regclass, oid, 'publications', pubname::text from pg_publication
    union all
    select 'pg_subscription'::regclass, oid, 'subscriptions', subname::text from pg_subscription
    where subdbid = (select oid from pg_database where datname = current_database())
    union all
    select 'pg_default_acl'::regclass, oid, 'default privileges', pg_get_userbyid(defaclrole)::text
    from pg_default_acl where defaclnamespace = 0
    union all
    select 'pg_cast'::regclass, oid, 'casts', format('%s AS %s', castsource::regtype, casttarget::regtype)
    from pg_cast where oid >= 16384
    union all
    select 'pg_language'::regclass, oid, 'languages', lanname::text from pg_language where oid >= 16384
    union all
    select 'pg_foreign_server'::regclass, oid, 'foreign servers', srvname::text from pg_foreign_server
    union all
    select 'pg_foreign_data_wrapper'::regclass, oid, 'foreign-data wrappers', fdwname::text from pg_foreign_data_wrapper
    union all
    select 'pg_am'::regclass, oid, 'access methods', amname::text from pg_am where oid >= 16384
  ) x (class, oid, what, name)
  where $2::text is null and $1::text[] is null
)
select f.schema, f.relation, f.what, array_agg(distinct f.name order by f.name)
from found f
where not exists (
  select 1 from pg_depend d
  where d.classid = f.class and d.objid = f.object and d.objsubid = 0 and d.deptype = 'e')
group by f.schema, f.relation, f.what
order by f.schema collate "C" nulls first, f.relation collate "C" nulls first, f.what collate "C"
