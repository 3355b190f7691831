-- server: >=18
create table people (
  first text constraint first_given not null,
  last text not null,
  born date,
  full_name text generated always as (first || ' ' || last) virtual,
  constraint people_last_no_inherit not null born no inherit
);
create table older (id integer);
alter table older add constraint id_given not null id not valid;
create table terms (id int4range, during daterange, primary key (id, during without overlaps));
create table uses_terms (id int4range, during daterange, foreign key (id, period during) references terms (id, period during));
create table unenforced (id integer constraint positive check (id > 0) not enforced);
