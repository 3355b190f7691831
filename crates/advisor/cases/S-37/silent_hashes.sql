create table people (id int primary key, encrypted_password text, password bytea, "passwordHash" text, password_hint text);
