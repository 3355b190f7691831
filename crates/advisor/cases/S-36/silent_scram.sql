-- emptied: host_rules
-- emptied: weak_passwords
-- setting: password_encryption=scram-sha-256
select 1;
