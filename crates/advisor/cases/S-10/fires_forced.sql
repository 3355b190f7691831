create table "t.t" (id int primary key);
create policy "p p" on "t.t" for select using (id > 0);
alter table "t.t" force row level security;
