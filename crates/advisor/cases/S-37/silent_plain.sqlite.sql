create table people (id integer primary key, password_hash text);
