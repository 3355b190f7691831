create table readings (id int primary key, celsius decimal(5, 2));
