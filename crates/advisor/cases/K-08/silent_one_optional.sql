create table r (tenant int, id int, primary key (tenant, id));
create table s (tenant int not null, id int, parent int, foreign key (tenant, parent) references r);
create table n (tenant int not null, id int not null, foreign key (tenant, id) references r);
create table one (id int primary key, up int references one);
