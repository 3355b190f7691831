create schema app;
create table app.events (
  id bigint not null,
  at date not null,
  kind text not null default 'y',
  more jsonb,
  primary key (id, at, kind)
) partition by range (at);
create table app.events_2025 partition of app.events for values from ('2025-01-01') to ('2026-01-01');
create table app.events_2026 partition of app.events for values from ('2026-01-01') to ('2026-07-01') partition by list (kind);
create table app.events_2026_x partition of app.events_2026 for values in ('x', 'y');
create table app.events_2026b partition of app.events for values from ('2026-07-01') to ('2027-01-01');
create index events_kind on app.events (kind, at);
create table app.base (id int primary key, name text, since date);
create table app.child (extra bigint) inherits (app.base);
create table app.scratch (id int);
create table app.a (id int primary key);
create table app.b (id int primary key, a int);
create table app.self (id int primary key, parent int references app.self on delete set null, best int references app.self);
create table app.no_key (x int, y int);
alter table app.no_key add constraint y_big check (y > 5);
