-- finds: 6
-- fix: none
create table "t.t" (id int not null, b bool);
alter table "t.t" enable row level security;
create policy "p 1" on "t.t" using (true);
create policy p2 on "t.t" for insert with check (id = id);
create policy p3 on "t.t" for update using (not false) with check (id > 0);
create policy p4 on "t.t" for delete using (id > 0 or true);
create policy p5 on "t.t" for delete using ((select true));
create policy p6 on "t.t" for insert to web_user with check (1 = 1);
