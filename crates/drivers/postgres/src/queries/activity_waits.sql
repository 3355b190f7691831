-- Who waits for whom, and for what. One that waits for a row waits for the transaction that changed it, and holds a lock of
-- the row itself meanwhile, which tells the table. A blocker numbered 0 is a prepared transaction.
with locks as (select * from pg_locks),
waiting as (
  select w.*, b.blocker
  from locks w
  cross join lateral (select distinct unnest(pg_blocking_pids(w.pid)) as blocker) b
  where not w.granted and w.pid is not null
)
select w.pid, w.blocker,
       case
         when w.locktype in ('relation', 'extend', 'page', 'tuple') and w.database not in (0, d.oid)
           then w.locktype || ' of relation ' || w.relation || ' in '
                || coalesce((select o.datname from pg_database o where o.oid = w.database), w.database::text)
         when w.locktype = 'relation' then w.relation::regclass::text
         when w.locktype in ('extend', 'page') then w.locktype || ' of ' || w.relation::regclass::text
         when w.locktype = 'tuple' then 'row of ' || w.relation::regclass::text
         when w.locktype = 'transactionid' then coalesce(
           (select 'row of ' || r.relation::regclass::text from locks r
            where r.pid = w.pid and r.locktype = 'tuple' and r.granted and r.database = d.oid limit 1),
           'transaction ' || w.transactionid)
         when w.locktype = 'virtualxid' then 'virtual transaction ' || w.virtualxid
         when w.locktype = 'advisory' and w.objsubid = 1
           then 'advisory lock ' || ((w.classid::int8 << 32) | w.objid::int8)
         when w.locktype = 'advisory' then 'advisory lock ' || w.classid || ', ' || w.objid
         when w.locktype = 'object' and w.database in (0, d.oid)
           then w.classid::regclass::text || ' ' || w.objid
         else w.locktype
       end,
       w.mode,
       (select string_agg(distinct h.mode, ', ') from locks h
        where h.granted and (h.pid = w.blocker or w.blocker = 0 and h.pid is null)
          and h.locktype = w.locktype and h.database is not distinct from w.database
          and h.relation is not distinct from w.relation and h.page is not distinct from w.page
          and h.tuple is not distinct from w.tuple and h.virtualxid is not distinct from w.virtualxid
          and h.transactionid is not distinct from w.transactionid and h.classid is not distinct from w.classid
          and h.objid is not distinct from w.objid and h.objsubid is not distinct from w.objsubid),
       case when w.blocker = 0 then
         (select p.gid from pg_prepared_xacts p
          join locks h on h.virtualtransaction = '-1/' || p.transaction
          where h.granted and h.locktype = w.locktype and h.database is not distinct from w.database
            and h.relation is not distinct from w.relation
            and h.transactionid is not distinct from w.transactionid limit 1) end,
--since 14:       (extract(epoch from clock_timestamp() - w.waitstart) * 1000)::int8
--before 14:       null::int8
from waiting w
left join pg_database d on d.datname = current_database()
order by w.pid, w.blocker
