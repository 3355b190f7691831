-- server: >=12
-- differs: 18
-- round trip: no
create foreign data wrapper golden_wrapper;
create server golden_server foreign data wrapper golden_wrapper options (host 'example.invalid');
create foreign table remote (id integer options (column_name 'ID') not null, note text) server golden_server options (schema_name 'x', "table" 'it''s');
create table split (id integer) partition by range (id);
create foreign table split_remote partition of split for values from (0) to (10) server golden_server;
create table split_local partition of split for values from (10) to (20);
comment on foreign table remote is 'elsewhere';
