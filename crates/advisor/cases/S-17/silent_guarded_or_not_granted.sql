create table t (id int primary key, password text, owner name);
alter table t enable row level security;
create policy own on t using (owner = current_user);
grant select on t to web_user;
create table u (id int primary key, token text, token_count int);
grant select (id, token_count) on u to web_user;
grant insert on u to web_user;
