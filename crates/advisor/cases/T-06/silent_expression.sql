create table t (id int primary key, a text default 'NULL' || 'x', b text default null, c text);
