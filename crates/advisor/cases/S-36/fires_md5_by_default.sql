-- emptied: host_rules
-- emptied: weak_passwords
-- setting: password_encryption=md5
-- fix: not run
select 1;
