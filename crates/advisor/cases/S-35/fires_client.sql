-- finds: 2
create schema "Odd s";
grant create on schema "Odd s" to web_user with grant option;
grant create on schema public to public;
