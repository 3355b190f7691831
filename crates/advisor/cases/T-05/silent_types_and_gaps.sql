create table t (id int primary key, a1 int, a2 text, md5 text, sha1 text, x1 int, x7 int, q3 int, q4 int);
