-- exposed: none
-- extension: pg_graphql
create table seen (id int primary key);
