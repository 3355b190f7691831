-- server: >=12
-- differs: 18
create table rooms (
  id integer constraint rooms_pk primary key,
  floor integer not null,
  number integer not null,
  door text unique deferrable,
  constraint rooms_place unique (floor, number) deferrable initially deferred,
  constraint rooms_floor check (floor between 0 and 99),
  constraint rooms_pair check (floor <> number) no inherit
);
create table bookings (
  room integer not null,
  during tsrange not null,
  mode "char" default 'x',
  constraint bookings_overlap exclude using gist (during with &&) where (mode = 'x'),
  constraint bookings_room foreign key (room) references rooms match full on delete set default on update cascade deferrable
);
create table old (id integer, parent integer, amount integer);
insert into old values (1, 2, -1);
alter table old add constraint old_amount check (amount > 0) not valid;
alter table old add constraint old_parent foreign key (parent) references rooms not valid;
create table self (id integer primary key, parent integer references self on delete set null);
create table ancestor (a integer, b text check (b <> ''));
create table child (c integer) inherits (ancestor);
comment on constraint rooms_place on rooms is 'one door each';
comment on constraint bookings_room on bookings is 'where';
create statistics rooms_statistics (dependencies, ndistinct) on floor, number from rooms;
