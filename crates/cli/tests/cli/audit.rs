//! The audit trail, as an auditor would take it out.

use crate::harness::Home;

#[test]
fn what_was_changed_is_listed_searched_and_exported_and_what_was_read_is_not() {
    let home = Home::new();
    let file = home.sqlite("shop.db", "create table orders (id integer, note text)");
    home.run(["connections", "add", &file, "--name", "shop"]).expect(0);
    home.run(["query", "shop", "-q", "-c", "insert into orders values (1, 'a,\"b'); select * from orders"]).expect(0);
    home.run(["query", "shop", "-q", "--yes", "-c", "update nowhere set id = 1"]).expect(4);
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

#[test]
fn rows_that_are_written_to_a_file_are_an_export_in_the_trail() {
    let home = Home::new();
    let file = home.sqlite("shop.db", "create table orders (id integer); insert into orders values (7)");
    let out = home.text("rows.csv");
    home.run(["query", &file, "-c", "select * from orders", "--format", "csv", "-o", &out]).expect(0);
    home.run(["query", &file, "-c", "select id from orders", "--format", "csv"]).expect(0);
    let lines = home.run(["audit", "--kind", "export", "--format", "json"]).expect(0).json();
    assert_eq!(lines.as_array().unwrap().len(), 1, "{lines}");
    assert_eq!((&lines[0]["text"], &lines[0]["rows"]), (&"select * from orders".into(), &1.into()));
    assert!(lines[0]["targets"].as_array().unwrap().contains(&out.into()), "{lines}");
}

#[test]
fn a_connection_can_be_left_out_and_what_was_recorded_forgotten() {
    let home = Home::new();
    let file = home.sqlite("shop.db", "create table orders (id integer)");
    home.run(["connections", "add", &file, "--name", "shop"]).expect(0);
    home.run(["connections", "add", &file, "--name", "quiet", "--record", "false"]).expect(0);
    for name in ["shop", "quiet"] {
        home.run(["query", name, "-q", "-c", &format!("insert into orders /* marker_of_{name} */ values (1)")])
            .expect(0);
    }
    let names = |words: &[&str]| home.run([&["audit", "--format", "json"], words].concat()).expect(0).json();
    assert_eq!(names(&["marker_of_shop"]).as_array().unwrap().len(), 1);
    assert_eq!(names(&["marker_of_quiet"]).as_array().unwrap().len(), 0);
    home.run(["forget"]).expect(2).says(&["--history"]);
    home.run(["forget", "--audit"]).expect(2).says(&["--yes"]);
    home.run(["forget", "--audit", "--connection", "nobody", "--yes"]).expect(2).says(&["nobody"]);
    home.run(["forget", "--audit", "--history", "--connection", "shop", "--yes"])
        .expect(0)
        .says(&["1 line of the audit trail"]);
    assert_eq!(names(&["marker_of_shop"]).as_array().unwrap().len(), 0);
    assert_eq!(names(&[]).as_array().unwrap().len(), 1, "what was made without a saved connection stays");
    home.run(["forget", "--everything", "--connections", "--yes"]).expect(0).says(&["2 saved connections"]);
    assert_eq!(names(&[]).as_array().unwrap().len(), 0);
    let left = home.run(["connections", "list", "--format", "json"]).expect(0).json();
    assert_eq!(left.as_array().unwrap().len(), 1, "the sample: {left}");
    for file in std::fs::read_dir(home.path("home")).unwrap().flatten().filter(|file| file.path().is_file()) {
        let bytes = std::fs::read(file.path()).unwrap();
        assert!(!bytes.windows(10).any(|part| part == b"marker_of_"), "{}", file.path().display());
    }
}
