create table customers (
  id int unsigned not null auto_increment primary key comment 'it''s (odd, ''here'')',
  email varchar(200) not null,
  name varchar(80) character set latin1 default 'nobody',
  kind enum('plain', 'o''dd') not null default 'plain',
  seen timestamp null default current_timestamp on update current_timestamp,
  unique key email (email),
  constraint email_has_at check (email like '%@%')
) engine=InnoDB default charset=utf8mb4 comment='who buys';
create table products (id int primary key, sku varchar(20) not null, price decimal(10,2) not null default 0, twice decimal(11,2) as (price * 2) stored, fulltext key words (sku));
create table orders (
  id int not null auto_increment,
  customer_id int unsigned not null,
  note text,
  place point not null,
  placed_at datetime(3) not null default current_timestamp(3),
  primary key (id),
  key customer (customer_id, placed_at),
  spatial key at_place (place),
  key note_start (note(10)),
  constraint ordered foreign key (customer_id) references customers (id) on delete cascade
);
create table logs (id int, at date) partition by range (id) (partition p0 values less than (10), partition p1 values less than maxvalue);
create view open_orders as select o.id, c.name from orders o join customers c on c.id = o.customer_id;
create view open_count (n) as select count(*) from open_orders;
create function total(a int) returns int deterministic return a * 2;
create procedure touch() begin update customers set name = name; end;
create trigger stamp before update on orders for each row set new.placed_at = now(3);
create event tidy on schedule every 1 day disable do delete from logs;
insert into customers (email) values ('a@b'), ('c@d');
