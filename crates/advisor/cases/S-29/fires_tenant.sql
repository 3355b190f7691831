-- fix: none
create table t (id int primary key, tenant text, owner name, kind text);
alter table t enable row level security;
create policy p on t using (tenant = (select current_setting('app.tenant', true)) and current_user = owner)
  with check (owner = current_user);
