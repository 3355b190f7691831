create access method ivfflat type index handler hashhandler;
create operator class vector_ops default for type int using ivfflat as operator 1 =, function 1 hashint4(int);
create table items (id int primary key, embedding int);
create index usual on items using ivfflat (embedding);
