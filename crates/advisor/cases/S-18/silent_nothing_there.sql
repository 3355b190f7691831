create table seen (id int primary key);
grant select on seen to web_anon;
create schema storage;
create table storage.buckets (id text primary key, public boolean);
insert into storage.buckets values ('private', false);
create table storage.objects (id uuid primary key, bucket_id text);
alter table storage.objects enable row level security;
create policy everything on storage.objects for select using (true);
