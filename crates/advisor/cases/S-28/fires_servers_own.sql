-- fix: none
create table t (id int primary key);
alter table t enable row level security;
create policy p on t for select using (random() < 0.5);
create policy q on t for insert with check (id < 10);
