create domain mail as varchar(200);
create table people (id bigint primary key, email text unique, code numeric(9,2) unique);
create table letters (id bigint primary key, person bigint references people, sent_to mail references people (email),
  amount numeric(5,1) references people (code));
