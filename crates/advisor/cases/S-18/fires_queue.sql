-- level: error
create schema pgmq;
create schema pgmq_public;
create table pgmq."q_ma ils" (msg_id bigint primary key, message jsonb);
create table pgmq.a_mails (msg_id bigint primary key);
create table pgmq.q_closed (msg_id bigint primary key);
alter table pgmq.q_closed enable row level security;
create table pgmq.q_unreached (msg_id bigint primary key);
grant usage on schema pgmq to web_user;
grant select on pgmq."q_ma ils", pgmq.q_closed, pgmq.a_mails to web_user;
