-- fix: none
create table readings (at text, celsius real);
