create table u (id int primary key);
create table v (id int primary key);
create table t (id int primary key, a int references u, b int references u, c int references v on delete cascade,
  parent_id int references t on delete set null);
