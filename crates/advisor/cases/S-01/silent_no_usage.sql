create table t (id int primary key);
grant select on t to web_user;
revoke usage on schema public from public;
