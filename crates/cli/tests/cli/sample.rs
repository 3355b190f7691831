//! The sample database: what works with no server at all.

use crate::harness::Home;

const SAMPLE: &str = "Sample shop";

#[test]
fn the_sample_answers_in_every_format() {
    let home = Home::new();
    let script = "select 1 as n, 'a,b' as t, null as x, '' as e";
    let csv = home.run(["query", SAMPLE, "-c", script, "--format", "csv"]).expect(0);
    assert_eq!(csv.out(), "n,t,x,e\n1,\"a,b\",,\"\"\n");
    assert_eq!(csv.stderr, "");
    let json = home.run(["query", "sample shop", "-c", script, "--format", "json"]).expect(0);
    assert_eq!(json.json(), serde_json::json!([{"n": 1, "t": "a,b", "x": null, "e": ""}]));
    let lines = home.run(["query", SAMPLE, "-c", "select 1 as n union all select 2", "--format", "ndjson"]).expect(0);
    assert_eq!(lines.out(), "{\"n\":1}\n{\"n\":2}\n");
    let table = home.run(["query", SAMPLE, "-c", script]).expect(0);
    assert!(table.out().contains("(1 row)") && table.out().contains("NULL"), "{}", table.out());
}

#[test]
fn the_script_comes_from_the_command_a_file_or_standard_input() {
    let home = Home::new();
    std::fs::write(home.path("a.sql"), "\u{feff}select 'file' as f;\n").unwrap();
    let csv = ["--format", "csv"];
    let file = home.text("a.sql");
    assert_eq!(home.run(["query", SAMPLE, "-f", &file].into_iter().chain(csv)).expect(0).out(), "f\nfile\n");
    let fed = home.fed(["query", SAMPLE].into_iter().chain(csv), b"select 'in' as f").expect(0);
    assert_eq!(fed.out(), "f\nin\n");
    let fed = home.fed(["query", SAMPLE, "-f", "-"].into_iter().chain(csv), b"select 'dash' as f").expect(0);
    assert_eq!(fed.out(), "f\ndash\n");
    home.run(["query", SAMPLE, "-c", " -- nothing\n"]).expect(2).says(&["no SQL to run"]);
}

#[test]
fn csv_and_json_of_several_result_sets_want_one_of_them() {
    let home = Home::new();
    let script = "select 1 as a;\nselect 2 as b;\n-- the third\nselect 3 as c";
    for format in ["csv", "json"] {
        let refused = home.run(["query", SAMPLE, "-c", script, "--format", format]).expect(2);
        let refused = refused.says(&["3 result sets", "--result 2  line 2", "Nothing was run"]);
        assert_eq!(refused.out(), "");
    }
    let second = home.run(["query", SAMPLE, "-c", script, "--format", "csv", "--result", "2"]).expect(0);
    assert_eq!(second.out(), "b\n2\n");
    let lines = home.run(["query", SAMPLE, "-c", script, "--format", "ndjson"]).expect(0);
    assert_eq!(lines.out(), "{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n");
    let table = home.run(["query", SAMPLE, "-c", script]).expect(0);
    assert_eq!(table.out().matches("(1 row)").count(), 3);
    home.run(["query", SAMPLE, "-c", script, "--result", "4"]).expect(2).says(&["the script gave 3 result sets"]);
    home.run(["query", SAMPLE, "-c", script, "--result", "0"]).expect(2);
}

#[test]
fn parameters_are_the_databases_own_placeholders() {
    let home = Home::new();
    let script = "select :id as id, :name as name, ?3 as third";
    let run = |parameters: &[&str]| {
        let mut arguments = vec!["query", SAMPLE, "-c", script, "--format", "csv"];
        parameters.iter().for_each(|parameter| arguments.extend(["--param", parameter]));
        home.run(arguments)
    };
    assert_eq!(run(&["id=7", ":name=a'b", "3"]).expect(0).out(), "id,name,third\n7,a'b,\n");
    run(&["id=7"]).expect(4).says(&["has no value", "1:"]);
    run(&["id=7", "name=x", "3=y", "nosuch=1"]).expect(2).says(&["no placeholder", "nosuch"]);
}

#[test]
fn a_file_is_replaced_only_once_everything_ended_well() {
    let home = Home::new();
    let file = home.text("out.csv");
    std::fs::write(&file, "before").unwrap();
    let query = |script: &str| home.run(["query", SAMPLE, "-c", script, "--format", "csv", "-o", &file]);
    query("select 1 as a; select nosuch").expect(2);
    query("select nosuch from nothing").expect(4);
    query("select 1 as a; insert into nosuch values (1)").expect(4);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "before");
    query("select 1 as a").expect(0);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "a\n1\n");
    let left: Vec<_> = std::fs::read_dir(home.path("")).unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains("part")), "{left:?}");
    home.run(["query", SAMPLE, "-c", "select 1", "-o", "/dev/null"]).expect(0);
    home.run(["query", SAMPLE, "-c", "select 1", "-o", &home.text("no/such/folder.csv")]).expect(7);
    home.run(["query", SAMPLE, "-c", "select 1", "-o", &home.text("")]).expect(2);
}

#[test]
fn errors_name_the_place_and_the_statement_before_stays_done() {
    let home = Home::new();
    let file = home.sqlite("t.db", "create table t (a)");
    std::fs::write(home.path("bad.sql"), "insert into t values (1);\nselect *\n  frm t;\ninsert into t values (2)")
        .unwrap();
    let bad = home.text("bad.sql");
    home.run(["query", &file, "-f", &bad]).expect(4).says(&["bad.sql:3:", "error: ", " 3 |   frm t", "^"]);
    assert_eq!(home.run(["query", &file, "-c", "select a from t", "--format", "csv"]).expect(0).out(), "a\n1\n");
}

#[test]
fn a_transaction_left_open_is_rolled_back_and_said() {
    let home = Home::new();
    let file = home.sqlite("t.db", "create table t (a)");
    home.run(["query", &file, "-c", "begin; insert into t values (1)"]).expect(0).says(&["rolled back"]);
    assert_eq!(home.run(["query", &file, "-c", "select count(*) n from t", "--format", "csv"]).out(), "n\n0\n");
    let done = home.run(["query", &file, "-c", "begin; insert into t values (1); commit"]).expect(0);
    assert!(!done.stderr.contains("rolled back"), "{}", done.stderr);
}

#[test]
fn formats_that_are_not_there_are_named() {
    let home = Home::new();
    for (arguments, words) in [
        (["query", SAMPLE, "--format", "parquet"], "not there yet"),
        (["query", SAMPLE, "--format", "arrow"], "not there yet"),
        (["query", SAMPLE, "--format", "xml"], "known are table, csv, json and ndjson"),
        (["schema", SAMPLE, "--format", "html"], "not there yet"),
        (["query", SAMPLE, "--timeout", "0"], "number of seconds"),
    ] {
        home.run(arguments).expect(2).says(&[words]);
    }
    home.run(["frobnicate"]).expect(2);
    home.run(["--help"]).expect(0);
    for command in ["open", "connections", "query", "schema", "doctor"] {
        assert!(home.run([command, "--help"]).expect(0).out().contains("Usage"));
    }
}

#[test]
fn the_doctor_finds_what_is_there() {
    let home = Home::new();
    let text = home.run(["doctor"]).expect(0);
    for word in ["store", "keychain", "sample", "PostgreSQL", "SQLite", "display", "window"] {
        assert!(text.out().contains(word), "{word}: {}", text.out());
    }
    let json = home.run(["doctor", "--format", "json"]).expect(0).json();
    assert!(json.as_array().unwrap().iter().any(|finding| finding["check"] == "sample" && finding["state"] == "ok"));
    std::fs::remove_dir_all(home.path("home")).unwrap();
    std::fs::write(home.path("home"), "a file where the folder should be").unwrap();
    home.run(["doctor"]).expect(7);
    home.run(["query", SAMPLE, "-c", "select 1"]).expect(7);
}
