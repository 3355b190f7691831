-- setting: track_counts=off
create table t (id int primary key);
