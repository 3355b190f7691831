create table posts (id int primary key, tag_ids text[], ids_of_tags int[], user_id int);
