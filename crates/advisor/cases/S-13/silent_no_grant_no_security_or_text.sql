create table t (id int primary key);
alter table t enable row level security;
create table open (id int primary key);
create view own as select * from t;
create view other as select * from open;
create view words as select 'from t' as t;
grant select on other, words to web_user;
