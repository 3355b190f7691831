//! Diagrams: of every engine the same, in every format.

use serde_json::{Value, json};

use crate::harness::{Home, Mariadb, servers};

/// A shop with keys of two columns, a line to itself, a table of its own and one that nothing declares; `{}` is what comes before
/// names, the types are those that every engine has.
const SHOP: &str = "
    create table {}countries (code varchar(2) not null, region int not null, primary key (code, region));
    create table {}customers (id int not null primary key, email varchar(80) not null unique, code varchar(2), region int,
        referrer int references {}customers (id),
        constraint lives foreign key (code, region) references {}countries (code, region));
    create table {}orders (id int not null primary key, customer_id int not null,
        constraint ordered foreign key (customer_id) references {}customers (id) on delete cascade);
    create table {}profiles (customer_id int not null primary key, picture varchar(10),
        constraint shows foreign key (customer_id) references {}customers (id));
    create table {}notes (id int not null primary key, order_id int);
    create table {}settings (name varchar(20) not null primary key);
    create view {}newest as select id from {}orders;";

fn shop(prefix: &str) -> String {
    // MariaDB wants the constraint of a column apart.
    SHOP.replace(
        "referrer int references {}customers (id),",
        "referrer int, foreign key (referrer) references {}customers (id),",
    )
    .replace("{}", prefix)
}

fn names(diagram: &Value) -> Vec<&str> {
    diagram["tables"].as_array().unwrap().iter().map(|table| table["name"].as_str().unwrap()).collect()
}

/// Each line as `from(columns) cardinality to(columns) cardinality`.
fn lines(diagram: &Value) -> Vec<String> {
    let end = |end: &Value| {
        let columns: Vec<&str> = end["columns"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
        let table = &diagram["tables"][end["table"].as_u64().unwrap() as usize]["name"];
        format!("{}({}) {}", table.as_str().unwrap(), columns.join(" "), end["cardinality"].as_str().unwrap())
    };
    diagram["relationships"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{} {}", end(&one["from"]), end(&one["to"])))
        .collect()
}

/// Draws the shop that is there, in every way; `schema` is what holds it, `arguments` what chooses it.
fn draw(home: &Home, target: &str, arguments: &[&str], schema: Option<&str>) -> Value {
    let erd = |more: &[&str]| {
        let all: Vec<&str> = ["erd", target].iter().chain(arguments).chain(more).copied().collect();
        home.run(all)
    };
    let diagram = erd(&["--format", "json"]).expect(0).json();
    assert_eq!(diagram["rowhouse_diagram"], 1);
    assert_eq!(names(&diagram), ["countries", "customers", "notes", "orders", "profiles", "settings"]);
    assert_eq!(
        lines(&diagram),
        [
            "customers(code region) zero_or_many countries(code region) zero_or_one",
            "customers(referrer) zero_or_many customers(id) zero_or_one",
            "orders(customer_id) zero_or_many customers(id) one",
            "profiles(customer_id) zero_or_one customers(id) one",
        ]
    );
    assert_eq!(diagram["relationships"][2]["on_delete"], "cascade");
    let boxes = diagram["tables"].as_array().unwrap();
    for line in diagram["relationships"].as_array().unwrap() {
        let corners = line["line"].as_array().unwrap();
        for (end, corner) in [(&line["from"], &corners[0]), (&line["to"], &corners[corners.len() - 1])] {
            let place = &boxes[end["table"].as_u64().unwrap() as usize];
            let number = |value: &Value| value.as_f64().unwrap();
            let (x, y) = (number(&corner[0]), number(&corner[1]));
            let (left, top) = (number(&place["x"]), number(&place["y"]));
            assert!(x == left || x == left + number(&place["width"]), "{corner} of {place}");
            assert!(top < y && y < top + number(&place["height"]), "{corner} of {place}");
        }
    }
    // The pictures show what the JSON says.
    for (file, dark) in [("d.svg", false), ("dark.svg", true)] {
        erd(if dark { &["-o", "dark.svg", "--dark"] } else { &["-o", "d.svg"] }).expect(0);
        let picture = std::fs::read_to_string(home.path(file)).unwrap();
        for table in boxes {
            let place = format!(
                "<rect class=\"b\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"",
                table["x"].as_f64().unwrap(),
                table["y"].as_f64().unwrap(),
                table["width"].as_f64().unwrap(),
                table["height"].as_f64().unwrap()
            );
            assert!(picture.contains(&place), "{place}");
        }
        assert_eq!(picture.contains("#1A1D22"), dark);
    }
    erd(&["-o", "d.png"]).expect(0);
    let png = std::fs::read(home.path("d.png")).unwrap();
    let side = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
    let doubled = |side: &str| (2.0 * diagram[side].as_f64().unwrap()).ceil() as u32;
    assert_eq!((side(16), side(20)), (doubled("width"), doubled("height")));
    erd(&["-o", "d.pdf"]).expect(0);
    assert!(std::fs::read(home.path("d.pdf")).unwrap().starts_with(b"%PDF-"));
    // Texts, by the file's name and on standard output.
    for (file, format, words) in [
        ("d.mmd", "mermaid", ["erDiagram", "||--o{"]),
        ("d.dbml", "dbml", ["Ref \"ordered\"", ".(\"code\", \"region\")"]),
        ("d.puml", "plantuml", ["@startuml", "<<PK>>"]),
        ("d.sql", "sql", ["customers", "newest"]),
    ] {
        erd(&["-o", file, "--views"]).expect(0);
        let text = std::fs::read_to_string(home.path(file)).unwrap();
        assert_eq!(erd(&["--format", format, "--views"]).expect(0).out(), text);
        assert_eq!(erd(&["--format", format, "--views", "-o", "-"]).expect(0).out(), text);
        assert!(words.iter().all(|word| text.contains(word)), "{format}: {text}");
    }
    assert!(erd(&[]).expect(0).out().starts_with("erDiagram\n"), "without a format and a file it is Mermaid");
    // What is drawn.
    let of = |more: &[&str]| erd(&[&["--format", "json"], more].concat()).expect(0).json();
    assert!(names(&of(&["--views"])).contains(&"newest"));
    let around = of(&["--table", "orders", "--neighbours", "1"]);
    assert_eq!((names(&around), lines(&around).len()), (vec!["customers", "orders"], 2));
    assert_eq!(around["tables"][0]["outside"], 2, "what is not drawn is counted");
    assert_eq!(names(&of(&["--table", "orders", "--neighbours", "2"])).len(), 4);
    assert_eq!(names(&of(&["--table", "orders", "--table", "newest"])), ["newest", "orders"]);
    let keys = of(&["--columns", "keys"]);
    assert_eq!((&keys["tables"][1]["folded"], keys["tables"][1]["columns"].as_array().unwrap().len()), (&json!(1), 4));
    assert_eq!(of(&["--columns", "none"])["tables"][1]["columns"], json!([]));
    let inferred = of(&["--inferred"]);
    assert_eq!(lines(&inferred)[2], "notes(order_id) zero_or_many orders(id) zero_or_one");
    assert_eq!(inferred["relationships"][2]["inferred"], true);
    let groups = &of(&["--group", "schema"])["groups"];
    assert_eq!(groups[0]["title"], schema.map_or(Value::Null, Into::into));
    assert_eq!(of(&["--group", "cluster"])["groups"][0]["title"], "customers");
    diagram
}

/// What is wrong is said, and nothing is written.
fn refuse(home: &Home, target: &str) {
    let refused = |arguments: &[&str], code: i32, words: &[&str]| {
        let all: Vec<&str> = ["erd", target].iter().chain(arguments).copied().collect();
        home.run(all).expect(code).says(words);
    };
    refused(&["-o", "d.txt"], 2, &["does not say by its name", "--format"]);
    refused(&["--format", "gif"], 2, &["gif"]);
    refused(&["--neighbours", "2"], 2, &["--table"]);
    refused(&["--columns", "some"], 2, &["some"]);
    refused(&["--table", "no_such", "-o", "none.svg"], 4, &["no table or view “no_such”"]);
    refused(&["--schema", "no_such", "-o", "none.svg"], 4, &["no schema “no_such”"]);
    refused(&["-o", "no_such_folder/d.svg"], 7, &["no_such_folder"]);
    assert!(!home.path("none.svg").exists() && !home.path("d.txt").exists());
}

#[test]
fn postgresql_is_drawn() {
    for server in servers() {
        let home = Home::new();
        server.schema("rh_cli_erd");
        server.psql(&shop("rh_cli_erd."));
        let chosen = ["--schema", "rh_cli_erd"];
        let diagram = draw(&home, &server.url, &chosen, Some("rh_cli_erd"));
        refuse(&home, &server.url);
        let one = home.run(["erd", &server.url, "--table", "rh_cli_erd.orders", "--format", "json"]).expect(0).json();
        assert_eq!(one["tables"][0]["schema"], "rh_cli_erd");
        // What was written as SQL makes the same diagram again.
        server.schema("rh_cli_erd");
        home.run(["query", &server.url, "-q", "-f", "d.sql"]).expect(0);
        let again = home.run(["erd", &server.url, "--schema", "rh_cli_erd", "--format", "json"]).expect(0).json();
        assert_eq!(again, diagram);
        server.psql(
            "create table rh_cli_erd.parts (id int) partition by range (id);
             create table rh_cli_erd.parts_1 partition of rh_cli_erd.parts for values from (1) to (2);",
        );
        let with = |more: &[&str]| {
            let all = [&["erd", server.url.as_str(), "--schema", "rh_cli_erd", "--format", "json"], more].concat();
            names(&home.run(all).expect(0).json()).iter().filter(|name| name.starts_with("parts")).count()
        };
        assert_eq!((with(&[]), with(&["--partitions"])), (1, 2));
        server.drop_schema("rh_cli_erd");
    }
}

#[test]
fn mariadb_is_drawn() {
    let home = Home::new();
    let Some(database) = Mariadb::new(&home, "rh_cli_erd") else { return };
    let target = database.url.as_str();
    database.run(&shop(""));
    let chosen = ["--schema", "rh_cli_erd"];
    let diagram = draw(&home, target, &chosen, Some("rh_cli_erd"));
    refuse(&home, target);
    database.empty();
    home.run(["query", target, "-q", "-f", "d.sql"]).expect(0);
    let again = home.run(["erd", target, "--schema", "rh_cli_erd", "--format", "json"]).expect(0).json();
    assert_eq!(again, diagram);
}

#[test]
fn sqlite_is_drawn() {
    let home = Home::new();
    let file = home.sqlite("shop.db", &shop(""));
    let diagram = draw(&home, &file, &[], Some("main"));
    refuse(&home, &file);
    let again = home.sqlite("again.db", &std::fs::read_to_string(home.path("d.sql")).unwrap());
    assert_eq!(home.run(["erd", &again, "--format", "json"]).expect(0).json(), diagram);
    // Nothing to draw is a drawing of nothing.
    let empty = home.sqlite("empty.db", "select 1");
    assert_eq!(home.run(["erd", &empty, "--format", "json"]).expect(0).json()["tables"], json!([]));
    home.run(["erd", &empty, "-o", "empty.png"]).expect(0);
    assert!(std::fs::read(home.path("empty.png")).unwrap().starts_with(b"\x89PNG"));
}
