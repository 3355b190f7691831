create schema private;
alter default privileges for role app_owner grant execute on functions to app_admin;
alter default privileges in schema private grant select on tables to web_user;
alter default privileges grant select on tables to app_admin;
