-- finds: 3
alter default privileges in schema public grant all on tables to web_anon;
alter default privileges for role app_owner grant insert, select on tables to public;
alter default privileges in schema public grant usage on sequences to web_user;
