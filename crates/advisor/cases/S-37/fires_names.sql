-- finds: 2
-- fix: none
create table people (id int primary key, "userPassword" varchar(20), db_pwd text, password_salt text, pwd_length int);
