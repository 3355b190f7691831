create table readings (taken datetime, celsius decimal(5, 2));
