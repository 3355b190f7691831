create function f() returns int language sql as 'select 1';
create function g() returns int stable language sql as 'select 1';
create function g(int) returns int volatile language sql as 'select 1';
create table t (id int primary key);
alter table t enable row level security;
create policy p on t using (id = (select f()));
create policy q on t using (id = g() or now() > '2020-01-01');
