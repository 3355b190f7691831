-- What the suites stand on. Roles belong to the whole server: @@ is the database's name.
create role "@@app";
create role "@@owner";
create role "@@ann" in role "@@app";
create role "@@bob" in role "@@app";
create role "@@noinherit" noinherit in role "@@app";
create role "@@bypass" bypassrls;
create role "@@deputy" in role "@@owner";
create role "@@part";
create role "@@stranger";

create schema s;
grant usage on schema s to "@@app", "@@owner", "@@ann", "@@bob", "@@noinherit", "@@bypass", "@@part";
create function s.me() returns text language sql stable as $$ select nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub' $$;

-- Own rows, those of the team to read, and a fence around all.
create table s.members (team int, who text);
insert into s.members values (1, 'ann'), (2, 'bob');
create table s.docs (id int primary key, owner text, team int, n int default 1);
alter table s.docs owner to "@@owner";
insert into s.docs values (1, 'ann', 1, 1), (2, 'ann', 2, 100), (3, 'bob', 1, 3), (4, 'bob', 2, 4), (5, null, 1, 5), (6, 'ann', null, 6);
alter table s.docs enable row level security;
create policy own on s.docs to "@@app" using (owner = (select s.me()));
create policy team on s.docs for select to "@@app" using (team in (select m.team from s.members m where m.who = (select s.me())));
create policy fence on s.docs as restrictive using (n < 100) with check (n < 1000);
grant select, insert, update, delete on s.docs to "@@app", "@@noinherit", "@@bypass";
grant select on s.members to "@@app";

-- The same table's rights for everyone, forced on its owner.
create table s.forced (id int primary key, owner text);
alter table s.forced owner to "@@owner";
insert into s.forced values (1, '@@owner'), (2, '@@ann'), (3, '@@deputy');
alter table s.forced enable row level security;
alter table s.forced force row level security;
create policy own on s.forced using (owner = current_user);
grant select, insert, update, delete on s.forced to "@@app";

-- USING and WITH CHECK apart.
create table s.states (id int primary key, owner text, state text default 'new');
insert into s.states values (1, 'ann', 'new'), (2, 'ann', 'locked'), (3, 'bob', 'new');
alter table s.states enable row level security;
create policy sees on s.states for select using (true);
create policy adds on s.states for insert with check (owner = s.me());
create policy changes on s.states for update using (owner = s.me()) with check (state <> 'locked');
create policy removes on s.states for delete using (owner = s.me() and state <> 'locked');
grant select, insert, update, delete on s.states to "@@app";

-- Nobody reads what is written.
create table s.log (id int generated always as identity, who text default s.me(), message text);
alter table s.log enable row level security;
create policy adds on s.log for insert with check (who = s.me());
grant select, insert, update, delete on s.log to "@@app";

-- Row security without a policy, and policies without row security.
create table s.closed (id int);
insert into s.closed values (1), (2);
alter table s.closed enable row level security;
create table s.unsecured (id int);
insert into s.unsecured values (1), (2), (3);
create policy none on s.unsecured using (false);
create table s.only_restrictive (id int);
insert into s.only_restrictive values (1), (2);
alter table s.only_restrictive enable row level security;
create policy fence on s.only_restrictive as restrictive using (true);
create table s.without_expression (id int);
insert into s.without_expression values (1);
alter table s.without_expression enable row level security;
create policy nothing on s.without_expression for all;
grant select, insert, update, delete on s.closed, s.unsecured, s.only_restrictive, s.without_expression to "@@app";

-- Partitions: policies of the parent count where the parent is named.
create table s.parts (id int, region text, owner text) partition by list (region);
create table s.parts_eu partition of s.parts for values in ('eu');
create table s.parts_us partition of s.parts for values in ('us');
insert into s.parts values (1, 'eu', 'ann'), (2, 'eu', 'bob'), (3, 'us', 'ann'), (4, 'us', 'bob');
alter table s.parts enable row level security;
create policy own on s.parts using (owner = s.me());
alter table s.parts_us enable row level security;
grant select, insert, update, delete on s.parts, s.parts_eu, s.parts_us to "@@app";
create table s.base (id int, owner text);
create table s.child () inherits (s.base);
insert into s.base values (1, 'ann'), (2, 'bob');
insert into s.child values (3, 'ann'), (4, 'bob');
alter table s.base enable row level security;
create policy own on s.base using (owner = s.me());
grant select, insert, update, delete on s.base, s.child to "@@app";

-- Views: with their owner's rights, with the reader's, and a barrier.
create view s.seen_by_owner as select id, owner from s.docs;
create view s.seen_by_reader with (security_invoker = true) as select id, owner from s.docs;
create view s.seen_by_table_owner as select id, owner from s.forced;
alter view s.seen_by_table_owner owner to "@@owner";
create view s.barrier with (security_barrier = true) as select id, owner from s.docs where owner = s.me();
create view s.checked with (security_invoker = true) as select id, owner, state from s.states where state = 'new' with check option;
create materialized view s.frozen as select id from s.docs;
grant select, insert, update, delete on s.seen_by_owner, s.seen_by_reader, s.seen_by_table_owner, s.barrier, s.checked to "@@app";
grant select on s.frozen to "@@app";

-- Rights by column.
create table s.cols (id int primary key, pub text, priv text);
insert into s.cols values (1, 'a', 'x'), (2, 'b', 'y');
alter table s.cols enable row level security;
create policy first on s.cols using (priv = 'x') with check (true);
grant select (id, pub), insert (id, pub), update (pub) on s.cols to "@@part";

-- Policies that lead back to themselves.
create table s.circle (id int, parent int);
insert into s.circle values (1, null), (2, 1);
alter table s.circle owner to "@@owner";
alter table s.circle enable row level security;
create policy self on s.circle using (exists (select from s.circle c where c.id = circle.parent));
create table s.left_side (id int);
create table s.right_side (id int);
alter table s.left_side enable row level security;
alter table s.right_side enable row level security;
create policy looks on s.left_side using (id in (select id from s.right_side));
create policy looks on s.right_side using (id in (select id from s.left_side));
create table s.hidden_members (id int);
create table s.looks_away (id int);
insert into s.looks_away values (1);
alter table s.looks_away enable row level security;
create policy hidden on s.looks_away using (exists (select from s.hidden_members));
grant select, insert, update, delete on s.circle, s.left_side, s.right_side, s.looks_away to "@@app";

-- Keys that reveal, cascades that go on, triggers that repair.
create table s.parents (id int primary key, owner text);
create table s.children (id int primary key, parent int references s.parents on delete cascade, owner text);
insert into s.parents values (1, 'ann'), (2, 'bob');
insert into s.children values (10, 1, 'ann'), (11, 1, 'bob'), (20, 2, 'bob');
alter table s.parents enable row level security;
alter table s.children enable row level security;
create policy own on s.parents using (owner = s.me());
create policy own on s.children using (owner = s.me());
grant select, insert, update, delete on s.parents, s.children to "@@app";
create table s.repaired (id int, owner text);
alter table s.repaired enable row level security;
create policy own on s.repaired using (owner = s.me());
create function s.repair() returns trigger language plpgsql as $$ begin new.owner := s.me(); return new; end $$;
create trigger repair before insert on s.repaired for each row execute function s.repair();
grant select, insert on s.repaired to "@@app";

-- What functions do.
create sequence s.numbers;
grant usage on sequence s.numbers to "@@app";
create function s.count_docs() returns bigint language sql security definer set search_path = '' as 'select count(*) from s.docs';
create function s.endless() returns void language plpgsql as $$ begin loop perform 1; end loop; end $$;
create function s.deaf() returns void language plpgsql as $$
begin
  loop
    begin
      loop perform 1; end loop;
    exception when query_canceled then null;
    end;
  end loop;
end $$;
create function s.turns() returns text language plpgsql as $$ begin execute 'set local role none'; return current_user; end $$;
create function s.turns_back() returns bigint language plpgsql as $$
begin perform set_config('ro' || 'le', 'none', true); return (select count(*) from s.closed); end $$;
create function s.lifts() returns void language plpgsql as $$
begin perform set_config('statement_timeout', '0', true); perform set_config('statement_timeout', '0', false); loop perform 1; end loop; end $$;
create function s.writes() returns void language plpgsql security definer set search_path = '' as $$ begin insert into s.closed values (99); end $$;
create procedure s.commits() language plpgsql as $$ begin commit; end $$;
create table s.private (id int);
insert into s.private values (1);
