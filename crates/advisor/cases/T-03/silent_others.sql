create table a (id int primary key, x text check (x in ('yes', 'no')), y text check (y in ('yes', 'no')));
create table b (id int primary key, x text check (x in ('a', 'b', 'c')), y text check (y in ('a', 'b', 'd')));
create table c (id int primary key, x text check (x in ('a', 'b', 'c') or id > 9), y int check (y in (1, 2, 3)), z int check (z in (1, 2, 3)));
create type mood as enum ('calm', 'cross', 'sad');
create table d (id int primary key, x mood, y mood);
