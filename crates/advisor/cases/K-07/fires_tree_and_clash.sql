-- finds: 2
-- fix: none
create table u (id int primary key);
create table t (id int primary key, parent_id int references t, owner_id int references u on delete set null,
  editor_id int references u on delete restrict);
