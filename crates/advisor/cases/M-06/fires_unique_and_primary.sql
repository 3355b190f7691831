-- finds: 2
create table people (id int not null, email text, "Nick Name" text);
-- migration
alter table people add primary key (id);
alter table people add constraint one_name unique ("Nick Name", email) deferrable initially deferred;
