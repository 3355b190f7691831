create table t (id int primary key, a timestamptz, b time, c numeric, d varchar(20), e jsonb, f char, g interval);
create view v as select now()::timestamp as at;
