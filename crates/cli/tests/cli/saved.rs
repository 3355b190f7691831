//! Saved queries from the terminal: kept in a repository, listed, run where they are for and elsewhere.

use std::fs;

use crate::harness::Home;

fn with_queries() -> (Home, tempfile::TempDir) {
    let home = Home::new();
    let place = tempfile::tempdir().unwrap();
    fs::create_dir(place.path().join("Sales")).unwrap();
    let header =
        "-- rowhouse: saved query\n-- name: By day\n-- tags: daily\n-- engine: sqlite\n-- connection: shop\n\n";
    let text = "select note from orders where id = :id";
    fs::write(place.path().join("Sales/by-day.sql"), format!("{header}{text}\n")).unwrap();
    fs::write(place.path().join("plain.sql"), "select 'top' as place").unwrap();
    for (name, note) in [("shop", "here"), ("other", "there")] {
        let file = home.sqlite(&format!("{name}.db"), "create table orders (id integer, note text)");
        home.run(["connections", "add", &file, "--name", name]).expect(0);
        home.run(["query", name, "-q", "-c", &format!("insert into orders values (1, '{note}')")]).expect(0);
    }
    home.run(["saved", "import", place.path().to_str().unwrap()]).expect(0).says(&["added: Sales/By day", "2 added"]);
    (home, place)
}

#[test]
fn a_saved_query_runs_where_it_is_for_and_where_it_is_told() {
    let (home, _place) = with_queries();
    let run = |more: &[&str]| {
        let mut words = vec!["saved", "run", "Sales/By day", "--param", "id=1", "--format", "csv"];
        words.extend(more);
        home.run(words)
    };
    assert_eq!(run(&[]).expect(0).out(), "note\nhere\n");
    assert_eq!(run(&["--on", "other"]).expect(0).out(), "note\nthere\n");
    home.run(["saved", "run", "plain"]).expect(2).says(&["for no saved connection", "--on"]);
    home.run(["saved", "run", "nothing", "--on", "shop"]).expect(2).says(&["nothing", "saved list"]);
    run(&["--param", "nope=1"]).expect(2).says(&["nope", ":id"]);
}

#[test]
fn saved_queries_are_listed_searched_and_shown() {
    let (home, _place) = with_queries();
    let list = home.run(["saved", "list"]).expect(0).out().to_owned();
    assert!(list.starts_with("NAME") && list.contains("Sales/By day  daily  shop"), "{list}");
    let names = |words: &[&str]| {
        let mut all = vec!["saved", "list", "--format", "json"];
        all.extend(words);
        let found = home.run(all).expect(0).json();
        found.as_array().unwrap().iter().map(|head| head["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&[]), ["plain", "By day"]);
    assert_eq!(names(&["orders", "note"]), ["By day"]);
    assert_eq!(names(&["--tag", "DAILY"]), ["By day"]);
    assert_eq!(names(&["--folder", "sales"]), ["By day"]);
    assert!(names(&["nothing"]).is_empty());
    assert_eq!(home.run(["saved", "show", "by day"]).expect(0).out(), "select note from orders where id = :id\n");
}

#[test]
fn an_import_keeps_what_differs_until_it_is_told_otherwise() {
    let (home, place) = with_queries();
    let folder = place.path().to_str().unwrap();
    fs::write(place.path().join("plain.sql"), "select 'new'").unwrap();
    home.run(["saved", "import", folder]).expect(7).says(&["differs: plain", "--replace"]);
    assert_eq!(home.run(["saved", "show", "plain"]).expect(0).out(), "select 'top' as place\n");
    home.run(["saved", "import", folder, "--replace"]).expect(0).says(&["replaced: plain"]);
    assert_eq!(home.run(["saved", "show", "plain"]).expect(0).out(), "select 'new'\n");
    let out = place.path().join("out");
    home.run(["saved", "export", out.to_str().unwrap(), "--from", "Sales"]).expect(0).says(&["1 written"]);
    let file = fs::read_to_string(out.join("By day.sql")).unwrap();
    assert!(file.contains("-- tags: daily\n-- engine: sqlite\n-- connection: shop\n"), "{file}");
    home.run(["saved", "export", out.to_str().unwrap(), "--from", "Sales"]).expect(0).says(&["0 written, 1 unchanged"]);
    home.run(["saved", "import", "/nowhere/at/all"]).expect(2);
}
