-- finds: 2
create table events (id int, at date) partition by range (at);
create table events_1 partition of events for values from ('2026-01-01') to ('2026-02-01');
create table source (id int);
create materialized view report as select id from source;
create unique index report_id on report (id);
-- migration
alter table events detach partition events_1;
refresh materialized view report;
