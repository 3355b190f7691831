create schema s;
grant usage on schema s to public;
grant create on schema s to app_owner;
