-- fact: statements=[]
create table customers (id int primary key);
create table sales (id int primary key, customer int references customers);
