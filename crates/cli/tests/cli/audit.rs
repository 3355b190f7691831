//! The audit trail, as an auditor would take it out.

use crate::harness::Home;

#[test]
fn what_was_changed_is_listed_searched_and_exported_and_what_was_read_is_not() {
    let home = Home::new();
    let file = home.sqlite("shop.db", "create table orders (id integer, note text)");
    home.run(["connections", "add", &file, "--name", "shop"]).expect(0);
    home.run(["query", "shop", "-q", "-c", "insert into orders values (1, 'a,\"b'); select * from orders"]).expect(0);
    home.run(["query", "shop", "-q", "-c", "update nowhere set id = 1"]).expect(4);
    let lines = home.run(["audit", "--format", "json"]).expect(0).json();
    let of = |index: usize, name: &str| lines[index][name].clone();
    assert_eq!(lines.as_array().unwrap().len(), 3, "{lines}");
    assert_eq!((of(0, "kind"), of(0, "outcome")), ("write".into(), "failed".into()));
    assert!(of(0, "error").as_str().unwrap().contains("nowhere"));
    assert_eq!((of(1, "rows"), of(1, "profile_name"), of(1, "face")), (1.into(), "shop".into(), "cli".into()));
    assert_eq!((of(2, "kind"), of(2, "command")), ("schema".into(), "CREATE TABLE".into()));
    let csv = home.run(["audit", "insert", "--connection", "shop", "--format", "csv"]).expect(0).out().to_owned();
    assert!(csv.starts_with("id,at,connection,"), "{csv}");
    assert!(csv.contains("\"insert into orders values (1, 'a,\"\"b')\""), "{csv}");
    assert_eq!(csv.lines().count(), 2);
    let table = home.run(["audit", "--kind", "schema"]).expect(0).out().to_owned();
    assert!(table.starts_with("AT") && table.contains("create table orders"), "{table}");
    assert_eq!(home.run(["audit", "--since", "2100-01-01", "--format", "json"]).expect(0).out(), "[]\n");
    assert_eq!(home.run(["audit", "--limit", "1", "--format", "ndjson"]).expect(0).out().lines().count(), 1);
    home.run(["audit", "--since", "yesterday"]).expect(2).says(&["2026-11-01"]);
    home.run(["audit", "--connection", "nobody"]).expect(2).says(&["nobody", "removed"]);
}
