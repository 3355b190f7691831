-- finds: 2
create table t (id int primary key, body varchar(20)) engine = MyISAM default charset = utf8mb3;
