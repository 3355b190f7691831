create schema app;
create table app.events (
  id bigint not null,
  at date not null,
  kind text not null default 'x',
  primary key (id, at, kind)
) partition by range (at);
create table app.events_2025 partition of app.events for values from ('2025-01-01') to ('2026-01-01');
create table app.events_2026 partition of app.events (constraint only_new check (id > 100))
  for values from ('2026-01-01') to ('2027-01-01') partition by list (kind);
create table app.events_2026_x partition of app.events_2026 for values in ('x');
create table app.events_rest partition of app.events default;
create index events_kind on app.events (kind);
create index events_2025_id on app.events_2025 (id);
create table app.base (id int primary key, name text);
create table app.child (extra int not null) inherits (app.base);
create unlogged table app.scratch (id int);
create table app.a (id int primary key, b int);
create table app.b (id int primary key, a int references app.a);
alter table app.a add constraint a_b foreign key (b) references app.b deferrable;
create table app.self (id int primary key, parent int references app.self on delete cascade);
create table app.no_key (x int, y int);
alter table app.no_key add constraint y_big check (y > 5) not valid;
