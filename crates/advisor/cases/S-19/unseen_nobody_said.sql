-- exposed: none
create schema auth;
create table auth.users (id uuid primary key, is_anonymous boolean);
