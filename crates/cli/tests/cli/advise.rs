//! The advisor from the terminal.

use crate::harness::{Home, Mariadb, servers};

#[test]
fn an_sqlite_file_is_advised_on_in_every_format_and_against_a_baseline() {
    let home = Home::new();
    let shop = home.sqlite("shop.db", "create table notes (text text); create table t (id integer primary key)");
    let run = |more: &[&str]| home.run(["advise", &shop].iter().chain(more).copied());
    let table = run(&[]).expect(0);
    assert!(table.out().contains("K-01") && table.out().contains("Score"), "{}", table.out());
    let json = run(&["--format", "json"]).expect(0).json();
    let finding = json["findings"].as_array().unwrap().iter().find(|one| one["rule"] == "K-01").unwrap();
    assert_eq!(finding["object"], serde_json::json!({"schema": "main", "name": "notes", "kind": "table"}));
    assert_eq!((&finding["level"], &finding["name"]), (&"warning".into(), &"no_primary_key".into()));
    assert!(finding["key"] == "K-01:main:notes" && finding["message"].is_string());
    let rule = json["rules"].as_array().unwrap().iter().find(|one| one["id"] == "K-01").unwrap();
    assert_eq!(rule["result"], "fail");
    run(&["--fail-on", "warning"]).expect(1);
    run(&["--fail-on", "error"]).expect(0);
    run(&["--fail-on", "often"]).expect(2);
    let sarif = run(&["--format", "sarif"]).expect(0).json();
    assert_eq!(sarif["version"], "2.1.0");
    let baseline = home.text("baseline.json");
    run(&["--format", "baseline", "-o", &baseline]).expect(0);
    run(&["--baseline", &baseline, "--fail-on", "info"]).expect(0);
    let left = run(&["--baseline", &baseline, "--format", "json"]).expect(0).json();
    assert_eq!(left["findings"], serde_json::json!([]));
    assert!(!left["suppressed"].as_array().unwrap().is_empty());
    std::fs::write(home.path("baseline.json"), "no").unwrap();
    run(&["--baseline", &baseline]).expect(2).says(&["is no baseline"]);
    run(&["--baseline", "nowhere"]).expect(7);
}

#[test]
fn a_server_is_advised_on_and_what_is_exposed_is_a_guess_that_says_so() {
    for server in servers() {
        let home = Home::new();
        let name = "rh_cli_advise";
        server.psql(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        server.psql(&format!("CREATE DATABASE {name}"));
        let (head, _) = server.url.rsplit_once('/').unwrap();
        let url = format!("{head}/{name}");
        let script =
            "create table public.open (a int); create table public.ref (id int primary key references public.other)";
        let script = format!("create table public.other (id int primary key); {script}");
        home.run(["query", &url, "-q", "-c", &script]).expect(0);
        let json = home.run(["advise", &url, "--format", "json", "--fail-on", "warning"]).expect(1).json();
        let rules = json["rules"].as_array().unwrap();
        assert!(rules.len() > 50, "{}", rules.len());
        for rule in rules {
            let result = rule["result"].as_str().unwrap();
            assert!(["pass", "fail", "not_evaluated"].contains(&result));
            assert!(result != "not_evaluated" || rule["reason"].is_string(), "{rule}");
        }
        assert!(json["findings"].as_array().unwrap().iter().any(|one| one["key"] == "K-01:public:open"));
        server.psql(&format!("DROP DATABASE {name} WITH (FORCE)"));
    }
}

#[test]
fn mariadb_is_advised_on() {
    let home = Home::new();
    let Some(database) = Mariadb::new(&home, "rh_cli_advise") else { return };
    database.run("create table keyless (a int)");
    let json = home.run(["advise", &database.url, "--format", "json"]).expect(0).json();
    let keys: Vec<_> = json["findings"].as_array().unwrap().iter().map(|one| one["key"].clone()).collect();
    assert!(keys.contains(&"K-01:rh_cli_advise:keyless".into()), "{keys:?}");
    assert!(json["rules"].as_array().unwrap().iter().all(|rule| rule["id"] != "S-01"), "there is no row security");
}
