-- server: >=12
-- differs: 16 18
create table base (id integer primary key, name text, active boolean default true);
comment on table base is 'beneath';
create view plain as select base.id, base.name from base where base.active;
create view guarded with (security_barrier = true, check_option = cascaded) as select base.id, base.name from base where base.id > 0;
create materialized view stored as select count(*) as n, max(base.name) as longest from base with no data;
create unique index stored_n on stored (n);
comment on view plain is 'only the active';
comment on column plain.name is 'what it is called';
comment on materialized view stored is 'stored';
alter view plain alter column name set default 'new';
create function write_plain() returns trigger language plpgsql as 'begin return null; end';
create trigger plain_insert instead of insert on plain for each row execute function write_plain();
create rule quiet as on delete to base where old.id = 0 do instead nothing;
create view second as select base.id from base;
