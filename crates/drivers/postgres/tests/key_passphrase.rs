#![allow(clippy::unwrap_used, clippy::panic)]
//! A client key with a passphrase, given or asked for, and the password file.

mod common {
    pub mod connecting;
    pub mod server;
}

use std::{
    path::Path,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use common::{
    connecting::profile,
    server::{Server, run, servers},
};
use driver::{Answer, Ask, Code, ConnectContext, Driver, Error, Question, Secret};
use driver_postgres::PostgresDriver;

const PASSPHRASE: &str = "kö y: pass";

fn openssl(folder: &Path, arguments: &[&str]) {
    let output = Command::new("openssl").args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Answers with each text in turn and counts.
struct Answers(&'static [&'static str], AtomicUsize);

#[async_trait]
impl Ask for Answers {
    async fn ask(&self, question: Question) -> Answer {
        let turn = self.1.fetch_add(1, Ordering::SeqCst);
        match (question, self.0.get(turn)) {
            (Question::Passphrase { path, .. }, Some(answer)) => {
                assert!(path.ends_with(".key"), "{path}");
                Answer::Secret(Secret::new((*answer).to_owned()))
            }
            _ => Answer::Refused,
        }
    }
}

async fn with_key(
    server: &Server,
    key: &Path,
    stored: Option<&str>,
    answers: &'static [&'static str],
) -> (Result<(), Error>, usize) {
    let certificate = server.tls.join("client.crt").display().to_string();
    let ca = server.tls.join("ca.crt").display().to_string();
    let key = key.display().to_string();
    let changes = [
        ("user", "rowhouse_cert"),
        ("host", "localhost"),
        ("sslmode", "verify-full"),
        ("sslrootcert", &ca),
        ("sslcert", &certificate),
        ("sslkey", &key),
    ];
    let ask = Arc::new(Answers(answers, AtomicUsize::new(0)));
    let context = ConnectContext {
        secrets: stored.into_iter().map(|text| ("sslpassword".to_owned(), Secret::new(text.to_owned()))).collect(),
        ask: ask.clone(),
        ..ConnectContext::unattended(None)
    };
    let connected = PostgresDriver.connect(&profile(server, &changes), context).await;
    let result = match connected {
        // Further sessions use the opened key without asking again.
        Ok(connection) => connection.open(driver::Role::Session).await.map(drop),
        Err(error) => Err(error),
    };
    (result, ask.1.load(Ordering::SeqCst))
}

#[tokio::test]
async fn a_client_key_is_opened_by_its_passphrase_stored_or_asked_for() {
    let servers = servers();
    let Some(server) = servers.last() else { return };
    let folder = tempfile::tempdir().unwrap();
    let plain = server.tls.join("client.key").display().to_string();
    let pass = format!("pass:{PASSPHRASE}");
    let aes = folder.path().join("aes.key");
    openssl(
        folder.path(),
        &["pkcs8", "-topk8", "-v2", "aes-256-cbc", "-in", &plain, "-out", "aes.key", "-passout", &pass],
    );
    let asked = |answers| with_key(server, &aes, None, answers);
    let (result, count) = with_key(server, &aes, Some(PASSPHRASE), &[]).await;
    assert!(result.is_ok() && count == 0, "{result:?} after {count} questions");
    let (result, count) = asked(&[PASSPHRASE]).await;
    assert!(result.is_ok() && count == 1, "{result:?} after {count} questions");
    let (result, count) = asked(&["mistyped", PASSPHRASE]).await;
    assert!(result.is_ok() && count == 2, "{result:?} after {count} questions");
    for (stored, answers, says, questions) in [
        (Some("wrong"), &[][..], "does not open", 1),
        (None, &[], "none was given", 1),
        (None, &["a", "b", "c"], "does not open", 3),
    ] {
        let (result, count) = with_key(server, &aes, stored, answers).await;
        let error = result.unwrap_err();
        assert_eq!((error.code, count), (Code::Unauthenticated, questions), "{error:?}");
        assert!(error.message.contains(says) && error.hint.is_some(), "{error:?}");
        assert!(!format!("{error:?}").contains("wrong\""), "the passphrase is not repeated: {error:?}");
    }
    // An unencrypted key needs no passphrase, and does not mind one.
    let (result, count) = with_key(server, Path::new(&plain), Some("idle"), &[]).await;
    assert!(result.is_ok() && count == 0, "{result:?}");
}

/// Connects in a process of its own, whose environment names the password file; says how it went.
fn connected_with(file: &Path, server: &Server, user: &str, database: &str, given: Option<&str>) -> String {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_that_connects", "--ignored", "--nocapture"])
        .env("PGPASSFILE", file)
        .env("CHILD_PORT", server.port.to_string())
        .env("CHILD_USER", user)
        .env("CHILD_DATABASE", database)
        .env("CHILD_PASSWORD", given.unwrap_or_default())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    said.split("CHILD: ").nth(1).unwrap_or_else(|| panic!("{said}")).lines().next().unwrap().to_owned()
}

#[tokio::test]
#[ignore = "started by the test of the password file"]
async fn child_that_connects() {
    let of = |name: &str| std::env::var(name).unwrap();
    let (port, user, database) = (of("CHILD_PORT"), of("CHILD_USER"), of("CHILD_DATABASE"));
    let values = [("host", "127.0.0.1"), ("port", port.as_str()), ("user", &user), ("database", &database)];
    let given = Some(of("CHILD_PASSWORD")).filter(|given| !given.is_empty()).map(Secret::new);
    let profile = common::connecting::profile_of(&values);
    let said = match PostgresDriver.connect(&profile, ConnectContext::unattended(given)).await {
        Ok(_) => "connected".to_owned(),
        Err(error) => format!("{:?} {} | {}", error.code, error.message, error.hint.unwrap_or_default()),
    };
    println!("CHILD: {said}");
}

#[cfg(unix)]
#[tokio::test]
async fn the_password_file_is_used_where_no_password_is_given() {
    use std::os::unix::fs::PermissionsExt;
    let servers = servers();
    let Some(server) = servers.last() else { return };
    let mut client = server.client().await;
    for statement in
        ["drop database if exists \"a:b\"", "drop role if exists \"odd:\\user\"", "create database \"a:b\""]
    {
        run(&mut client, statement).await;
    }
    run(&mut client, "create role \"odd:\\user\" login password 'p:w\\d'").await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pgpass");
    let (port, password) = (server.port, &server.password);
    let text = format!(
        "# a comment\nother:{port}:*:postgres:wrong\n127.0.0.1:{port}:a\\:b:odd\\:\\\\user:p\\:w\\\\d\n127.0.0.1:{port}:latin1:postgres:wrong\n*:*:*:postgres:{password}\n"
    );
    std::fs::write(&file, text).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let with = |user: &str, database: &str, given: Option<&str>| connected_with(&file, server, user, database, given);
    assert_eq!(with("postgres", "postgres", None), "connected", "by a line of stars");
    assert_eq!(with("odd:\\user", "a:b", None), "connected", "by an escaped line");
    let first = with("postgres", "latin1", None);
    assert!(first.starts_with("Unauthenticated") && first.contains("password file"), "the first line counts: {first}");
    assert_eq!(with("postgres", "latin1", Some(password)), "connected", "a given password goes first");
    let given = with("postgres", "postgres", Some("wrong"));
    assert!(given.starts_with("Unauthenticated") && !given.contains("password file"), "and is not replaced: {given}");
    let none = with("rowhouse_reader", "postgres", None);
    assert!(none.contains("none was given"), "no line fits: {none}");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    let open = with("postgres", "postgres", None);
    assert!(open.contains("none was given"), "a file others may read is not used: {open}");
    run(&mut client, "drop database \"a:b\"").await;
    run(&mut client, "drop role \"odd:\\user\"").await;
    client.close().await;
}
