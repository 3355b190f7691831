-- Row-security policies; whether security is on belongs to the relation.
-- $1 schemas or NULL, $2 relation or NULL, $3 also the server's own, $4 relations that somebody holds exclusively
select p.polrelid, p.polname, p.polcmd, p.polpermissive,
       array(select case when r.member = 0 then 'PUBLIC' else pg_get_userbyid(r.member)::text end
             from unnest(p.polroles) with ordinality as r (member, number) order by r.number),
       p.polqual is not null, p.polwithcheck is not null,
       case when not p.polrelid = any ($4::oid[]) then pg_get_expr(p.polqual, p.polrelid) end,
       case when not p.polrelid = any ($4::oid[]) then pg_get_expr(p.polwithcheck, p.polrelid) end,
       d.description
from pg_policy p
join pg_class c on c.oid = p.polrelid
join pg_namespace n on n.oid = c.relnamespace
left join pg_description d on d.classoid = 'pg_policy'::regclass and d.objoid = p.oid and d.objsubid = 0
where ($1::text[] is null or n.nspname = any ($1::text[]))
  and ($2::text is null or c.relname = $2::text)
  and n.nspname !~ '^pg_(toast_)?temp_'
  and ($3::bool or not (n.nspname ~ '^pg_' or n.nspname = 'information_schema'))
