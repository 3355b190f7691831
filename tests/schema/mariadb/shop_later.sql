create table customers (
  id bigint unsigned not null auto_increment,
  name varchar(120) default 'somebody',
  email varchar(250) not null default '',
  vip tinyint(1) not null default 0,
  kind enum('plain', 'o''dd', 'wild') not null default 'wild',
  primary key (id),
  key email (email(20)),
  constraint vip_is_bool check (vip in (0, 1))
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_ci comment='who buys, and who might';
create table products (sku varchar(20) not null, id int not null, price decimal(12,3), twice decimal(11,2) as (price * 3) virtual, primary key (sku, id));
create table orders (
  id int not null auto_increment,
  customer_id bigint unsigned,
  placed_at datetime not null,
  primary key (id),
  key customer (customer_id),
  constraint ordered foreign key (customer_id) references customers (id) on delete set null on update cascade
);
create table logs (id int, at date);
create table extra (id int primary key, parent int, constraint up foreign key (parent) references extra (id));
create view open_orders as select o.id, c.name, c.vip from orders o join customers c on c.id = o.customer_id where c.vip = 1;
create function total(a bigint) returns bigint deterministic return a * 3;
create trigger stamp before insert on orders for each row set new.placed_at = now();
