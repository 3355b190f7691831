-- as: web_user
create schema storage;
create table storage.buckets (id text primary key, public boolean);
alter table storage.buckets enable row level security;
create table storage.objects (id uuid primary key, bucket_id text);
