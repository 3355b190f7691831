-- fix: none
create table a (title varchar(200) primary key);
create table b (id int primary key, title varchar(200), foreign key (title) references a (title));
