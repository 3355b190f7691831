-- fix: none
create schema auth;
create table auth.users (id int primary key);
create table people (id int primary key, user_id int references auth.users);
