-- needs: hypopg
create table customers (id int primary key);
