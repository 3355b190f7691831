create table t (id int primary key, b text);
create table parent (id int not null) partition by range (id);
