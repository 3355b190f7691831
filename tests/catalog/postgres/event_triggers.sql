-- server: >=12
-- differs: 18
create schema "Guards";
create function "Guards"."look at" () returns event_trigger language plpgsql as 'begin return; end';
create function "Guards".forbid () returns event_trigger language plpgsql as 'begin raise notice ''dropped''; end';
create event trigger every_statement on ddl_command_start execute function "Guards"."look at" ();
create event trigger "Only Tables" on ddl_command_end when tag in ('CREATE TABLE', 'ALTER TABLE', 'DROP TABLE')
  execute function "Guards"."look at" ();
create event trigger off on sql_drop execute function "Guards".forbid ();
alter event trigger off disable;
create event trigger on_replicas on table_rewrite execute function "Guards".forbid ();
alter event trigger on_replicas enable replica;
create event trigger always on ddl_command_end when tag in ('CREATE VIEW') execute function "Guards".forbid ();
alter event trigger always enable always;
comment on event trigger "Only Tables" is 'it''s only tables';
