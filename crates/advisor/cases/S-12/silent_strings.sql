create table t (id int primary key, note text);
alter table t enable row level security;
create policy p on t using (note <> 'raw_user_meta_data');
