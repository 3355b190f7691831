//! What is wrong is named, says what to do, and loses nothing.

use std::process::Command;

use crate::harness::{Home, ended, servers};

#[test]
fn a_target_that_leads_nowhere_is_named() {
    let home = Home::new();
    for (target, code, word) in [
        ("nosuch", 3, "nosuch"),
        ("./nosuch.db", 3, "nosuch.db"),
        ("sqlite:nosuch.db", 3, "nosuch.db"),
        ("oracle://localhost/x", 2, "oracle"),
        ("mysql://127.0.0.1:1/x", 3, "127.0.0.1:1"),
        ("postgres://localhost:99999/x", 2, ""),
        ("postgres://local host/x", 3, "host"),
        ("postgres://127.0.0.1:1/x", 3, "127.0.0.1:1"),
        ("postgres://nosuch.invalid/x", 3, "nosuch.invalid"),
        ("", 2, ""),
    ] {
        home.run(["query", target, "-c", "select 1"]).expect(code).says(&["error: ", word]);
    }
}

#[test]
fn a_wrong_login_or_database_exits_3_and_never_shows_the_password() {
    for server in servers() {
        let home = Home::new();
        let (address, password) = server.without_password();
        let secret = "not-the-pass-word";
        let query = ["query", &address, "-c", "select 1 as a", "--format", "csv"];
        let mut wrong = home.command(query);
        wrong.env("ROWHOUSE_PASSWORD", secret);
        let wrong = ended(wrong).expect(3);
        assert!(!wrong.stderr.contains(secret), "{}", wrong.stderr);
        home.run(query).expect(3);
        let mut right = home.command(query);
        right.env("ROWHOUSE_PASSWORD", &password);
        assert_eq!(ended(right).expect(0).out(), "a\n1\n");
        let fed = home.fed(
            ["query", &address, "--password-stdin", "--format", "csv"],
            format!("{password}\nselect 2 as b").as_bytes(),
        );
        assert_eq!(fed.expect(0).out(), "b\n2\n");
        let other = server.url.rsplit_once('/').unwrap().0.to_owned() + "/no_such_database";
        home.run(["query", &other, "-c", "select 1"]).expect(3).says(&["no_such_database"]);
        assert_eq!(
            crate::harness::files_with(&home.path("home"), password.as_bytes()),
            Vec::<std::path::PathBuf>::new()
        );
    }
}

#[test]
fn what_of_an_address_is_not_understood_is_said() {
    let home = Home::new();
    let file = home.sqlite("t.db", "create table t (a)");
    let address = format!("sqlite:{file}?mode=ro&colour=green");
    let ended = home.run(["query", &address, "-c", "select 1 as a", "--format", "csv"]).expect(0);
    assert_eq!(ended.out(), "a\n1\n");
    ended.says(&["warning: ", "colour"]);
    home.run(["schema", &address]).expect(0).says(&["warning: ", "colour"]);
    // Also where it leads nowhere: it may be why.
    let nowhere = "postgres://127.0.0.1:1/x?sllmode=require";
    home.run(["query", nowhere, "-c", "select 1"]).expect(3).says(&["warning: ", "sllmode", "error: "]);
    for server in servers() {
        let address = format!("{}?sllmode=require", server.url);
        let ended = home.run(["query", &address, "-c", "select 1"]).expect(0).says(&["warning: ", "sllmode"]);
        assert!(!ended.stderr.contains(&server.without_password().1));
    }
}

#[test]
fn files_that_are_no_database_are_told_apart() {
    let home = Home::new();
    std::fs::write(home.path("text.db"), "this is not a database, however long it may be ".repeat(100)).unwrap();
    home.run(["query", &home.text("text.db"), "-c", "select 1"]).expect(3).says(&["text.db"]);
    std::fs::write(home.path("empty.db"), "").unwrap();
    assert_eq!(
        home.run(["query", &home.text("empty.db"), "-c", "select 1 as a", "--format", "csv"]).expect(0).out(),
        "a\n1\n"
    );
    home.run(["query", &home.text(""), "-c", "select 1"]).expect(3);
    let file = home.sqlite("t.db", "create table t (a)");
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o444)).unwrap();
    let read_only = format!("sqlite:{file}?mode=ro");
    home.run(["query", &read_only, "-c", "select * from t"]).expect(0);
    let refused = home.run(["query", &read_only, "-c", "insert into t values (1)"]);
    assert!(matches!(refused.code, Some(4 | 5)), "{refused:?}");
}

#[test]
fn a_file_that_another_program_holds_is_said_to_be_held() {
    let home = Home::new();
    let file = home.sqlite("t.db", "create table t (a)");
    let script = "begin exclusive; insert into t values (1); \
                  with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n";
    let mut holder = home.command(["query", &file, "-c", script]).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_secs(2));
    let refused = home.run(["query", &file, "-c", "insert into t values (2)", "--timeout", "20"]);
    holder.kill().unwrap();
    holder.wait().unwrap();
    assert!(matches!(refused.code, Some(3 | 4)), "{refused:?}");
    refused.says(&["error: "]);
}

#[test]
fn text_no_server_could_read_is_refused_before_or_by_it() {
    let home = Home::new();
    std::fs::write(home.path("latin1.sql"), b"select 1;\nselect '\xe9'").unwrap();
    home.run(["query", "sample", "-f", &home.text("latin1.sql")]).expect(2).says(&["latin1.sql", "line 2", "UTF-8"]);
    home.run(["query", "sample", "-f", &home.text("nosuch.sql")]).expect(7).says(&["nosuch.sql"]);
    std::fs::write(home.path("nul.sql"), b"select 'a\0b'; select 1").unwrap();
    home.run(["query", "sample", "-f", &home.text("nul.sql")]).expect(4).says(&["error: "]);
    home.run(["query", "sample", "-c", "select 'open"]).expect(4).says(&["error: "]);
    for server in servers() {
        home.run(["query", &server.url, "-f", &home.text("nul.sql")]).expect(4).says(&["error: "]);
        home.run(["query", &server.url, "-c", "\\d t"]).expect(4).says(&["psql"]);
        for open in ["select 'open", "select $a$ open", "select \"open", "/* open"] {
            let ended = home.run(["query", &server.url, "-c", open]);
            assert!(matches!(ended.code, Some(2 | 4)), "{open}: {ended:?}");
        }
    }
}

#[test]
fn a_script_of_five_megabytes_runs() {
    let home = Home::new();
    let one = format!("select length('{}') as n", "x".repeat(5 << 20));
    std::fs::write(home.path("big.sql"), &one).unwrap();
    let big = home.text("big.sql");
    assert_eq!(home.run(["query", "sample", "-f", &big, "--format", "csv"]).expect(0).out(), "n\n5242880\n");
    for server in servers() {
        assert_eq!(home.run(["query", &server.url, "-f", &big, "--format", "csv"]).expect(0).out(), "n\n5242880\n");
    }
    let broken = format!("{}select nosuch", "-- a comment line that is there for its length alone\n".repeat(100_000));
    std::fs::write(home.path("long.sql"), broken).unwrap();
    home.run(["query", "sample", "-f", &home.text("long.sql")]).expect(4).says(&["long.sql:100001:8: error: "]);
}

#[test]
fn a_full_disk_is_said_and_leaves_nothing() {
    let home = Home::new();
    let folder = home.path("small");
    std::fs::create_dir(&folder).unwrap();
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=256k", "tmpfs"]).arg(&folder).output();
    if !mounted.is_ok_and(|mounted| mounted.status.success()) {
        eprintln!("SKIPPED a_full_disk_is_said_and_leaves_nothing: no small file system can be mounted here");
        return;
    }
    std::fs::write(home.path("small/out.csv"), "before").unwrap();
    let script =
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 200000) select i, i * 2 from n";
    let out = home.text("small/out.csv");
    let ended = home.run(["query", "sample", "-c", script, "--format", "csv", "-o", &out]);
    let kept = std::fs::read_to_string(&out).unwrap();
    let left = std::fs::read_dir(&folder).unwrap().count();
    Command::new("umount").arg(&folder).status().unwrap();
    ended.expect(7).says(&["out.csv", "space"]);
    assert_eq!((kept.as_str(), left), ("before", 1));
}

#[test]
fn bytes_of_no_encoding_come_through_as_they_are() {
    for server in servers() {
        let home = Home::new();
        let ascii = server.url.rsplit_once('/').unwrap().0.to_owned() + "/sql_ascii";
        let script = "select convert_from('\\x41e942'::bytea, 'SQL_ASCII') as a";
        let ended = home.run(["query", &ascii, "-c", script, "--format", "csv"]).expect(0);
        assert_eq!(ended.stdout, b"a\nA\xe9B\n");
        let json = home.run(["query", &ascii, "-c", script, "--format", "json"]).expect(0);
        assert!(json.json().is_array());
    }
}
