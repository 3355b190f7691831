-- fix: none
create table posts (id int primary key, tag_ids uuid[]);
