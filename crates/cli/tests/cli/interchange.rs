//! Connections to and from files, and passwords from commands.

use std::fs;

use crate::harness::Home;

#[test]
fn a_teams_file_goes_out_and_comes_back_the_same() {
    let (one, other) = (Home::new(), Home::new());
    one.run([
        "connections",
        "add",
        "postgres://ann@db1/shop",
        "--name",
        "Shop",
        "--group",
        "Team",
        "--environment",
        "production",
    ])
    .expect(0);
    one.run(["connections", "edit", "Shop", "--show-schema", "b", "--show-schema", "a", "--favourite", "true"])
        .expect(0);
    one.run(["connections", "export", "-o", "team.json"]).expect(0);
    let text = fs::read_to_string(one.path("team.json")).unwrap();
    assert_eq!(one.run(["connections", "export", "shop"]).expect(0).out(), text);
    fs::write(other.path("team.json"), &text).unwrap();
    let dry = other.run(["connections", "import", "team.json", "--dry-run"]).expect(0);
    assert!(dry.out().contains("Team / Shop (db1:5432/shop): new"), "{}", dry.out());
    assert_eq!(other.run(["connections", "list", "--format", "json"]).expect(0).json().as_array().unwrap().len(), 1);
    other.run(["connections", "import", "team.json"]).expect(0).says(&["1 added, 0 updated"]);
    assert_eq!(other.run(["connections", "export"]).expect(0).out(), text);
    other.run(["connections", "import", "team.json"]).expect(0).says(&["0 added, 0 updated"]);
    fs::write(other.path("team.json"), text.replace("db1", "db2")).unwrap();
    let changed = other.run(["connections", "import", "team.json"]).expect(0);
    assert!(changed.out().contains("host: db1 → db2"), "{}", changed.out());
    changed.says(&["0 added, 1 updated"]);
    other.run(["connections", "import", "missing.json"]).expect(2);
    other.run(["connections", "import"]).expect(2);
    other.run(["connections", "export", "nobody"]).expect(2).says(&["no saved connection"]);
}

#[test]
fn a_command_of_a_shared_connection_waits_for_consent() {
    let home = Home::new();
    let text = r#"{"format": "rowhouse-connections", "version": 1, "connections": [{"name": "Vault", "driver": "postgres",
        "fields": {"host": "127.0.0.1", "port": "1"}, "environment": "local", "safety": "free", "password": "command",
        "password_command": {"argv": ["touch ran; echo word"], "shell": true}}]}"#;
    fs::write(home.path("team.json"), text).unwrap();
    let imported = home.run(["connections", "import", "team.json"]).expect(0);
    assert!(imported.out().contains("touch ran") && imported.out().contains("before you agree"), "{}", imported.out());
    home.run(["query", "Vault", "-c", "select 1"]).expect(3).says(&["came from a file", "connections trust"]);
    home.run(["connections", "test", "Vault"]).expect(3);
    home.run(["connections", "trust", "Vault"]).expect(2).says(&["touch ran; echo word", "--yes"]);
    assert!(!home.path("ran").exists());
    home.run(["connections", "trust", "vault", "--yes"]).expect(0);
    home.run(["connections", "trust", "vault"]).expect(0).says(&["nothing that waits"]);
    home.run(["query", "Vault", "-c", "select 1"]).expect(3);
    assert!(home.path("ran").exists(), "it ran, and then nobody answered at the port");
}

#[test]
fn a_typed_command_runs_at_once_and_its_failure_is_told() {
    let home = Home::new();
    let add = ["connections", "add", "postgres://127.0.0.1:1/x", "--name", "x", "--password-command"];
    home.run(add.into_iter().chain([
        "sh",
        "--password-command",
        "-c",
        "--password-command",
        "echo token=hunter2 >&2; exit 9",
    ]))
    .expect(0);
    let failed = home.run(["query", "x", "-c", "select 1"]).expect(3);
    assert!(!failed.stderr.contains("hunter2"), "{}", failed.stderr);
    failed.says(&["exit code 9", "token=***"]);
    let list = home.run(["connections", "list", "--format", "json"]).expect(0).json();
    assert_eq!((&list[0]["password"], &list[0]["password_command"]["timeout_s"]), (&"command".into(), &30.into()));
    home.run(["connections", "edit", "x", "--password-shell", "sleep 9", "--password-timeout", "1"]).expect(0);
    home.run(["query", "x", "-c", "select 1"]).expect(3).says(&["longer than 1 s"]);
    home.run(["connections", "edit", "x", "--password-shell", "true", "--password-policy", "ask"]).expect(2);
    home.run(["connections", "add", "postgres://h/x", "--name", "y", "--password-policy", "command"])
        .expect(2)
        .says(&["No command"]);
}

#[test]
fn a_service_of_libpq_is_an_address() {
    let home = Home::new();
    fs::write(home.path(".pg_service.conf"), "[shop]\nhost=127.0.0.1\nport=1\ndbname=shop\nuser=ann\n").unwrap();
    home.run(["query", "postgres://?service=shop", "-c", "select 1"]).expect(3).says(&["127.0.0.1"]);
    home.run(["query", "postgres://?service=none", "-c", "select 1"]).expect(3).says(&["no service called"]);
    let found = home.run(["connections", "import", "--from", "pgservice", "--dry-run"]).expect(0);
    assert!(found.out().contains("shop (127.0.0.1:1/shop): new"), "{}", found.out());
}
