-- exposed: none
create table t (id int primary key);
grant select on t to web_user;
