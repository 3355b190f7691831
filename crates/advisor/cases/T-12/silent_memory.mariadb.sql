create table t (id int primary key, body varchar(20)) engine = MEMORY default charset = latin1;
