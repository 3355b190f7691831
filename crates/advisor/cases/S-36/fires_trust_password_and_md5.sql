-- finds: 3
-- fix: none
-- setting: password_encryption=scram-sha-256
select 1;
