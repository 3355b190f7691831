create table orders (id int primary key, name text, value int, key text);
