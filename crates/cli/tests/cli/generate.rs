//! `rowhouse generate`: tables filled with made-up rows, whole or not at all, the same ones for the same number.

use super::harness::{Home, servers};

const SHOP: &str = "create table customers (id integer primary key, email text not null unique, name text not null);
    create table orders (id integer primary key, customer_id integer not null references customers,
      status text not null check (status in ('new', 'paid')));
    create view seen as select * from customers";

fn rows(home: &Home, target: &str, text: &str) -> Vec<String> {
    let ended = home.run(["query", target, "--format", "csv", "-c", text]).expect(0);
    ended.out().lines().skip(1).map(str::to_owned).collect()
}

#[test]
fn a_graph_of_tables_is_filled_the_same_for_the_same_number() {
    let home = Home::new();
    let [one, two] = ["one.db", "two.db"].map(|name| home.sqlite(name, SHOP));
    let preview = home.run(["generate", &one, "orders=30", "--referenced", "--rows", "10", "--preview"]).expect(0);
    for said in ["customers: 10 rows, 0 are there", "orders: 30 rows", "refers to customers", "one of 2 values"] {
        assert!(preview.out().contains(said), "“{said}” is missing in: {}", preview.out());
    }
    home.run(["generate", &one, "orders=30", "--referenced", "--rows", "10", "--dry-run"])
        .expect(0)
        .says(&["40 rows would be made up", "nothing was changed"]);
    assert_eq!(rows(&home, &one, "select count(*) from orders"), ["0"]);
    home.run(["generate", &one, "orders=30", "--referenced", "--rows", "10"]).expect(0).says(&["40 rows made up"]);
    home.run(["generate", &two, "customers=10", "orders=30", "--seed", "1"]).expect(0);
    let all = "select o.id, o.status, c.* from orders o join customers c on c.id = o.customer_id order by o.id";
    let made = rows(&home, &one, all);
    assert_eq!(made.len(), 30);
    assert_eq!(made, rows(&home, &two, all));
    home.run(["generate", &two, "--all", "--rows", "5", "--seed", "2", "--quiet"]).expect(0);
    assert_eq!(rows(&home, &two, "select count(*) from customers"), ["15"]);
    let trail = home.run(["audit", "--format", "csv"]).expect(0);
    assert!(trail.out().contains("made up from 2"), "{}", trail.out());
}

#[test]
fn what_cannot_be_is_said_and_nothing_goes_in() {
    let home = Home::new();
    let file = home.sqlite("shop.db", SHOP);
    home.run(["generate", &file]).expect(2).says(&["No table is named"]);
    home.run(["generate", &file, "nobody"]).expect(4).says(&["no table “nobody”"]);
    home.run(["generate", &file, "orders"]).expect(2).says(&["must refer to a row of customers"]);
    home.run(["generate", &file, "seen"]).expect(4).says(&["is no table"]);
    home.run(["generate", &file, "orders=0"]).expect(2);
    let only = format!("sqlite:{file}?mode=ro");
    home.run(["generate", &only, "customers"]).expect(4).says(&["read-only"]);
    assert_eq!(rows(&home, &file, "select count(*) from customers"), ["0"]);
}

#[test]
fn servers_are_filled_too() {
    for server in servers() {
        let home = Home::new();
        let schema = format!("made_{}", std::process::id());
        let make = format!(
            "drop schema if exists {schema} cascade; create schema {schema};
             create table {schema}.customers (id serial primary key, name text not null);
             create table {schema}.orders (id serial primary key, customer_id int not null references {schema}.customers)"
        );
        home.run(["query", &server.url, "-q", "--yes", "-c", &make]).expect(0);
        home.run(["generate", &server.url, "--schema", &schema, "--rows", "2000"])
            .expect(0)
            .says(&["4,000 rows made up"]);
        let spread = format!("select count(distinct customer_id) > 300 from {schema}.orders");
        assert_eq!(rows(&home, &server.url, &spread), ["t"]);
        home.run(["query", &server.url, "-q", "--yes", "-c", &format!("drop schema {schema} cascade")]).expect(0);
    }
}
