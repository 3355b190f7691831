-- server: >=15
-- differs: 18
create schema "Sales";
create schema audit;
create table "Sales".orders (id integer primary key, region text not null, total numeric, "odd ""column" text,
  doubled numeric generated always as (total * 2) stored);
create table "Sales"."order lines" (id integer primary key, note text);
create table audit.log (id bigint primary key, at timestamptz);
create table above (id integer primary key);
create table below (primary key (id)) inherits (above);
create table parts (id integer, day date, primary key (id, day)) partition by range (day);
create table parts_2026 partition of parts for values from ('2026-01-01') to ('2027-01-01');

create publication everything for all tables;
create publication nothing;
create publication filtered for table
  "Sales".orders (id, total, "odd ""column") where (total > 10 and id is distinct from null),
  "Sales"."order lines" where (note like 'a%' or note = 'it''s')
  with (publish = 'insert');
create publication "by schema" for table only above, tables in schema audit, "Sales" with (publish = 'update, delete, truncate');
create publication "via root" for table parts with (publish_via_partition_root = true);
create publication silent for table above with (publish = '');
comment on publication "by schema" is 'what''s in "schemas"';
do $$ begin
  if current_setting('server_version_num')::int >= 180000 then
    execute 'alter publication "via root" set (publish_generated_columns = stored)';
  end if;
end $$;
