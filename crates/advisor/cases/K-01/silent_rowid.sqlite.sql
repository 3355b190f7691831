create table readings (id integer primary key, celsius real);
create table pairs (a int, b int, primary key (a, b)) without rowid;
