-- Roles whose password is stored as MD5. Only superusers may read it.
select rolname from pg_authid where rolpassword like 'md5%' order by rolname collate "C"
