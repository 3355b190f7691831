-- as: web_user
select 1;
