//! Catalog files: what is read from one is what would be read from the database, and broken ones are told apart.

use serde_json::Value;

use crate::harness::{Home, Mariadb, servers};

const SHOP: &str = "
    create table people (id int not null primary key, mail varchar(80) not null, born date);
    create table orders (id int not null primary key, person int not null references people (id), note varchar(10) default 'none');
    create index orders_person on orders (person);
    create view mails as select id, mail from people;";

/// What only PostgreSQL has.
const MORE: &str = "
    create schema app;
    create type app.kind as enum ('plain', 'odd');
    create table app.notes (id bigint generated always as identity primary key, kind app.kind not null default 'plain', of int references people (id));
    alter table app.notes enable row level security;
    create policy own on app.notes using (of is not null);
    create function app.twice(n int) returns int language sql as 'select n * 2';
    comment on table app.notes is 'What was noted';
    grant select on app.notes to public;";

/// Compares everything that is made of a catalog with what is made of its file, then changes the database.
fn check(home: &Home, target: &str, schemas: &[&str]) {
    let written = home.run(["schema", target, "--format", "catalog", "-o", "shop.catalog.json"]).expect(0);
    assert_eq!((written.out(), written.stderr.as_str()), ("", ""));
    let file = "shop.catalog.json";
    for (from, to) in [(file, target), (target, file), (file, file)] {
        assert_eq!(home.run(["diff", from, to, "--check"]).expect(0).out(), "Nothing differs.\n", "{from} {to}");
    }
    let same = |arguments: &[&str]| {
        let made = |target: &str| {
            home.run([&arguments[..1], &[target], &arguments[1..], schemas].concat()).expect(0).out().to_owned()
        };
        let live = made(target);
        assert!(live.len() > 40, "{arguments:?} gives nothing: {live}");
        assert_eq!(made(file), live, "{arguments:?}");
    };
    same(&["types", "--for", "typescript"]);
    same(&["types", "--for", "drizzle"]);
    same(&["erd", "--format", "mermaid"]);
    same(&["erd", "--format", "dbml", "--views", "--partitions", "--inferred"]);
    same(&["erd", "--format", "json", "--table", "people", "--neighbours", "1"]);
    same(&["erd", "--format", "svg", "--group", "schema"]);
    same(&["docs", "--format", "html", "-o", "-"]);
    for (target, folder) in [(target, "live"), (file, "kept")] {
        home.run([&["docs", target, "--format", "markdown", "-o", folder], schemas].concat()).expect(0);
    }
    for entry in std::fs::read_dir(home.path("live")).unwrap().flatten() {
        let kept = home.path("kept").join(entry.file_name());
        assert_eq!(std::fs::read(entry.path()).unwrap(), std::fs::read(kept).unwrap(), "{:?}", entry.file_name());
    }
    let text = home.run([&["schema", file, "--format", "text"], schemas].concat()).expect(0);
    assert!(text.out().contains("orders_person"), "{}", text.out());
    let json = home.run(["schema", file, "--table", "people"]).expect(0).json();
    assert_eq!(json["relations"].as_array().unwrap().len(), 1);
    // The same twice, but for the times.
    home.run(["schema", target, "--format", "catalog", "-o", "again.json"]).expect(0);
    assert_eq!(timeless(home, "again.json"), timeless(home, file));

    let change = "alter table orders add column paid int; drop view mails";
    home.run(["query", target, "-q", "--yes", "-c", change]).expect(0);
    let found = home.run(["diff", file, target, "--check"]).expect(1).out().to_owned();
    let lines: Vec<&str> = found.lines().collect();
    assert_eq!(lines.len(), 2, "{found}");
    assert!(lines.iter().any(|line| line.starts_with("+ column ") && line.ends_with("orders.paid")), "{found}");
    assert!(lines.iter().any(|line| line.starts_with("- relation ") && line.ends_with("mails")), "{found}");
    home.run(["schema", target, "--format", "catalog", "-o", "after.json"]).expect(0);
    // Two files, and no server.
    assert_eq!(home.run(["diff", file, "after.json"]).expect(0).out(), found);
    let script = home.run(["diff", "after.json", file, "--format", "sql"]).expect(0).out().to_owned();
    assert_eq!(script, home.run(["diff", target, file, "--format", "sql"]).expect(0).out());
    assert!(script.contains("mails") && script.contains("paid"), "{script}");
    let tree = home.run(["diff", file, "after.json", "--format", "tree"]).expect(0).out().to_owned();
    assert!(tree.contains("table orders\n") && tree.contains("└ + column paid\n"), "{tree}");
    assert!(tree.contains("- view mails\n"), "{tree}");
}

fn timeless(home: &Home, name: &str) -> Value {
    let mut file: Value = serde_json::from_str(&std::fs::read_to_string(home.path(name)).unwrap()).unwrap();
    assert_eq!(file["rowhouse_catalog"], 1);
    file["taken_at"] = Value::Null;
    file["catalog"]["as_of_ms"] = Value::Null;
    file
}

#[test]
fn a_file_of_postgres_is_as_good_as_the_database() {
    for server in servers() {
        let home = Home::new();
        let name = "rh_cli_catalog_files";
        server.psql(&format!("drop database if exists {name} with (force)"));
        server.psql(&format!("create database {name}"));
        let (start, _) = server.url.rsplit_once('/').unwrap();
        let target = format!("{start}/{name}");
        home.run(["query", &target, "-q", "-c", &format!("{SHOP}{MORE}")]).expect(0);
        check(&home, &target, &[]);
        // Only one of its schemas.
        home.run(["query", &target, "-q", "-c", "alter table app.notes add column more text"]).expect(0);
        for schema in ["app", "public"] {
            let some = |from: &str| home.run(["diff", from, &target, "--schema", schema]).expect(0).out().to_owned();
            let expected = if schema == "app" { "+ column app.notes.more\n" } else { "Nothing differs.\n" };
            assert_eq!(some("after.json"), expected);
        }
        let text = std::fs::read_to_string(home.path("after.json")).unwrap();
        let (_, password) = server.without_password();
        assert!(!text.contains(&password) && !text.contains("127.0.0.1"), "nothing of the way there is in a file");
        server.psql(&format!("drop database {name} with (force)"));
    }
}

#[test]
fn a_file_of_mariadb_is_as_good_as_the_database() {
    let home = Home::new();
    let Some(database) = Mariadb::new(&home, "rh_cli_catalog_files") else { return };
    database.run(SHOP);
    check(&home, &database.url, &["--schema", "rh_cli_catalog_files"]);
    // The other databases of the server are in no file, and not drawn.
    let names = |target: &str| home.run(["erd", target]).expect(0).out().to_owned();
    assert_eq!(names("after.json"), names(&database.url));
    let text = std::fs::read_to_string(home.path("after.json")).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(file["catalog"]["schemas"].as_array().unwrap().len(), 1);
    let grants = file["catalog"]["grants"].as_array().unwrap();
    assert!(grants.iter().all(|grant| grant["object"]["kind"] != "database"), "who may do what on the whole server");
}

#[test]
fn a_file_of_sqlite_is_as_good_as_the_database() {
    let home = Home::new();
    let target = home.sqlite("shop.db", SHOP);
    check(&home, &target, &[]);
}

#[test]
fn files_that_are_of_no_use_are_told_apart() {
    let home = Home::new();
    let shop = home.sqlite("shop.db", SHOP);
    home.run(["schema", &shop, "--format", "catalog", "-o", "good.json"]).expect(0);
    let good = std::fs::read_to_string(home.path("good.json")).unwrap();
    let refused = |name: &str, text: &str, code: i32, words: &[&str]| {
        std::fs::write(home.path(name), text).unwrap();
        home.run(["diff", name, &shop]).expect(code).says(words);
        home.run(["erd", name]).expect(if code == 4 { 0 } else { code });
    };
    refused("half.json", &good[..good.len() / 2], 2, &["half.json", "ends in the midst"]);
    refused("newer.json", &good.replacen("\"rowhouse_catalog\": 1", "\"rowhouse_catalog\": 7", 1), 2, &["version 7"]);
    refused("other.json", "{\"name\": \"shop\"}", 2, &["no catalog file", "--format catalog"]);
    refused("no.json", "{nothing", 2, &["no catalog file"]);
    let json = home.run(["schema", &shop]).expect(0).out().to_owned();
    refused("schema.json", &json, 2, &["--format catalog"]);
    refused("lost.json", &good.replacen("\"relation\": 0", "\"relation\": 99", 1), 2, &["damaged", "number 99"]);
    refused("shape.json", &good.replacen("\"columns\": [", "\"columns\": [3, ", 1), 2, &["damaged"]);
    // What could not be read when it was written would look dropped; it can be drawn all the same.
    let mut denied: Value = serde_json::from_str(&good).unwrap();
    denied["catalog"]["coverage"]["triggers"] = serde_json::json!({ "known": "denied" });
    refused("denied.json", &denied.to_string(), 4, &["When the catalog file was written", "triggers"]);
    // No JSON: a database of SQLite, or nothing.
    std::fs::write(home.path("text.db"), "hello, this is no database at all").unwrap();
    home.run(["erd", "text.db"]).expect(3);
    home.run(["erd", "absent.json"]).expect(3).says(&["absent.json"]);

    // What only a server can do.
    for arguments in [
        &["schema", "good.json", "--format", "sql"][..],
        &["schema", "good.json", "--format", "catalog"],
        &["schema", "good.json", "--system"],
        &["erd", "good.json", "--format", "sql"],
    ] {
        home.run(arguments).expect(2).says(&["good.json", "only a server"]);
    }
    home.run(["schema", &shop, "--format", "catalog", "--table", "people"]).expect(2).says(&["whole database"]);
    // Hand-written line ends and a byte order mark are nobody's fault.
    std::fs::write(home.path("marked.json"), format!("\u{feff}{}", good.replace('\n', "\r\n"))).unwrap();
    assert_eq!(home.run(["diff", "marked.json", &shop]).expect(0).out(), "Nothing differs.\n");
}

#[test]
fn a_saved_connection_comes_before_a_file_of_its_name() {
    let home = Home::new();
    let shop = home.sqlite("shop.db", SHOP);
    home.run(["connections", "add", &shop, "--name", "shop.json"]).expect(0);
    home.sqlite("other.db", "create table t (id int)");
    home.run(["schema", "other.db", "--format", "catalog", "-o", "shop.json"]).expect(0);
    assert!(home.run(["erd", "shop.json"]).expect(0).out().contains("people"));
    assert!(home.run(["erd", "./shop.json"]).expect(0).out().contains("[\"t\"]"));
}
