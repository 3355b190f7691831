-- finds: 2
-- fix: none
create schema storage;
create table storage.buckets (id text primary key, public boolean);
insert into storage.buckets values ('avatars', true), ('private', false);
create table storage.objects (id uuid primary key, bucket_id text, name text, owner name);
alter table storage.objects enable row level security;
create policy everything on storage.objects for select using (true);
create policy "the avatars" on storage.objects for select to web_anon using (bucket_id = 'avatars');
create policy own on storage.objects for select using (bucket_id = 'avatars' and owner = current_user);
create policy the_private on storage.objects for select using (bucket_id = 'private');
create policy sends on storage.objects for insert with check (bucket_id = 'avatars');
