//! Saved connections from the terminal.

use crate::harness::{Home, ended, files_with, servers};

#[test]
fn a_connection_is_added_listed_changed_copied_and_removed() {
    let home = Home::new();
    let file = home.sqlite("shop.db", "create table t (a)");
    home.run(["connections", "add", "shop.db", "--group", "Mine"]).expect(0).says(&["Saved “shop.db” (local, free)"]);
    let list = home.run(["connections", "list", "--format", "json"]).expect(0).json();
    let names: Vec<_> = list.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(names, ["shop.db", "Sample shop"]);
    assert_eq!((&list[0]["group"], &list[0]["fields"]["file"]), (&"Mine".into(), &file.as_str().into()));
    let table = home.run(["connections", "list"]).expect(0);
    assert!(table.out().starts_with("NAME") && table.out().contains(&file), "{}", table.out());

    home.run(["connections", "add", "shop.db"]).expect(2).says(&["already a connection"]);
    home.run(["connections", "edit", "SHOP.DB", "--name", "Shop", "--group", "", "--colour", "#ff0000"]).expect(0);
    home.run(["connections", "duplicate", "shop", "--name", "Second"]).expect(0).says(&["Second"]);
    home.run(["connections", "duplicate", "shop", "--name", "second"]).expect(2);
    home.run(["connections", "duplicate", "shop"]).expect(0).says(&["copy of Shop"]);
    home.run(["query", "second", "-c", "select 1"]).expect(0);
    home.run(["connections", "remove", "Second"]).expect(0);
    home.run(["connections", "remove", "Second"]).expect(2).says(&["no saved connection"]);
    home.run(["connections", "remove", "Sample shop"]).expect(7);
    let list = home.run(["connections", "list", "--format", "json"]).expect(0).json();
    assert_eq!(list.as_array().unwrap().len(), 3);
}

#[test]
fn fields_are_checked_and_secrets_are_not_among_them() {
    let home = Home::new();
    let add = |fields: &[&str]| {
        let mut arguments = vec!["connections", "add", "--driver", "postgres", "--name", "x"];
        fields.iter().for_each(|field| arguments.extend(["--field", field]));
        home.run(arguments)
    };
    add(&["hots=localhost"]).expect(2).says(&["no field “hots”", "host, port"]);
    add(&["password=secret"]).expect(2).says(&["secret", "--password-stdin"]);
    add(&["port=many"]).expect(2);
    add(&["sslmode=sometimes"]).expect(2);
    add(&["host"]).expect(2);
    add(&["host=localhost", "database=shop"]).expect(0);
    home.run(["connections", "add"]).expect(2).says(&["--driver"]);
    home.run(["connections", "add", "--driver", "oracle"]).expect(2).says(&["postgres, mysql, sqlite"]);
    home.run(["connections", "edit", "x", "--field", "sslmode=require"]).expect(0);
    let list = home.run(["connections", "list", "--format", "json"]).expect(0).json();
    assert_eq!(list[0]["fields"]["sslmode"], "require");
}

#[test]
fn a_connection_is_tested_hop_by_hop() {
    let home = Home::new();
    home.run(["connections", "test", "Sample shop"]).expect(0);
    home.run(["connections", "test", "postgres://127.0.0.1:1/x"]).expect(3).says(&["error: "]);
    let json = home.run(["connections", "test", "postgres://127.0.0.1:1/x", "--format", "json"]).expect(3).json();
    assert_eq!((&json["ok"], &json["error"]["code"]), (&false.into(), &"unreachable".into()));
    for server in servers() {
        let (address, password) = server.without_password();
        let name = format!("pg{}", server.major);
        home.run(["connections", "add", &address, "--name", &name, "--password-policy", "ask"]).expect(0);
        let mut test = home.command(["connections", "test", &name]);
        test.env("ROWHOUSE_PASSWORD", &password);
        let tested = ended(test).expect(0);
        for word in ["TCP", "Sign in", "PostgreSQL", &server.major.to_string()] {
            assert!(tested.out().contains(word), "{word}: {}", tested.out());
        }
        home.run(["connections", "test", &name]).expect(3);
        let mut query = home.command(["query", &name, "-c", "select 1 as a", "--format", "csv"]);
        query.env("ROWHOUSE_PASSWORD", &password);
        assert_eq!(ended(query).expect(0).out(), "a\n1\n");
        assert_eq!(files_with(&home.path("home"), password.as_bytes()), Vec::<std::path::PathBuf>::new());
    }
}

#[test]
fn a_password_that_cannot_be_kept_is_not_kept_in_another_way() {
    for server in servers().into_iter().take(1) {
        let home = Home::new();
        let (address, password) = server.without_password();
        // No keychain answers here: there is no session bus.
        let add = ["connections", "add", &address, "--name", "kept", "--password-stdin"];
        home.fed(add, password.as_bytes()).expect(7).says(&["--password-policy ask"]);
        assert_eq!(files_with(&home.path("home"), password.as_bytes()), Vec::<std::path::PathBuf>::new());
        let list = home.run(["connections", "list", "--format", "json"]).expect(0).json();
        assert_eq!(list.as_array().unwrap().len(), 1, "only the sample");
    }
}
