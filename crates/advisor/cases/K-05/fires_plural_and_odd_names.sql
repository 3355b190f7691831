-- finds: 3
create schema "Odd s";
create table "Odd s".companies (id uuid primary key);
create table "Odd s"."Boxes" (id int primary key);
create table "Odd s".t (id int primary key, company_id uuid, box_id int, status_id int);
create table customers (id int primary key);
create table orders (id int primary key, "Customer_ID" int);
insert into customers values (1);
insert into orders values (1, 1);
