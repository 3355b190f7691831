//! Passwords in a real Secret Service: GNOME Keyring on a bus of its own.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use std::{
    path::Path,
    process::{Command, Stdio},
};

use app::{
    App, Face, Options,
    api::{DraftPassword, Environment, ErrorCode, PasswordPolicy, ProfileDraft, Safety},
};

const PASSWORD: &str = "hunter2-in-the-real-keychain";

fn there(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// Whether everything is there; says by name what is not, and fails where nothing may be skipped.
fn ready() -> bool {
    let missing: Vec<&str> = ["dbus-run-session", "gnome-keyring-daemon", "secret-tool"]
        .into_iter()
        .filter(|program| !there(program))
        .collect();
    if missing.is_empty() {
        return true;
    }
    let required = std::env::var("ROWHOUSE_TEST_REQUIRE").is_ok_and(|value| value == "1");
    assert!(!required, "the keychain tests need {}", missing.join(", "));
    println!("skipped: the keychain tests need {}", missing.join(", "));
    false
}

/// Runs an ignored test of this file on a bus of its own; `before` is a shell command that runs first.
fn on_a_bus(test: &str, before: &str) {
    let scratch = tempfile::tempdir().unwrap();
    let script = format!("{before}\nexec \"$0\" --exact {test} --ignored --nocapture");
    let output = Command::new("dbus-run-session")
        .args(["--", "bash", "-c", &script])
        .arg(std::env::current_exe().unwrap())
        .env("HOME", scratch.path())
        .env("XDG_DATA_HOME", scratch.path().join("data"))
        .env("XDG_RUNTIME_DIR", scratch.path())
        .env("ROWHOUSE_TEST_BUS", "1")
        .env("ROWHOUSE_HOME", scratch.path().join("rowhouse"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

fn on_the_bus() -> bool {
    std::env::var_os("ROWHOUSE_TEST_BUS").is_some()
}

fn draft(policy: PasswordPolicy) -> ProfileDraft {
    ProfileDraft {
        id: None,
        name: "Shop".to_owned(),
        group: None,
        colour: None,
        environment: Environment::Local,
        safety: Safety::Free,
        driver: "sqlite".to_owned(),
        values: [("file".to_owned(), "/tmp/shop.db".to_owned())].into(),
        password_policy: policy,
        password: DraftPassword::Set { secret: driver::Secret::new(PASSWORD.to_owned()) },
        ..ProfileDraft::default()
    }
}

fn looked_up(account: &str) -> String {
    let output =
        Command::new("secret-tool").args(["lookup", "service", "org.rowhouse", "username", account]).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn grep(folder: &Path) -> bool {
    std::fs::read_dir(folder).unwrap().flatten().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return grep(&path);
        }
        std::fs::read(&path).is_ok_and(|bytes| bytes.windows(PASSWORD.len()).any(|part| part == PASSWORD.as_bytes()))
    })
}

#[ignore = "run on a bus of its own by the test below"]
#[tokio::test]
async fn with_a_keychain() {
    if !on_the_bus() {
        return;
    }
    let app = App::open(Options { home: None, face: Face::Cli }).await.unwrap();
    assert!(app.about().await.keychain.is_none(), "nothing is touched before the first use");
    let saved = app.save_profile(draft(PasswordPolicy::Keychain)).await.unwrap();
    assert!(app.about().await.keychain.unwrap().works);
    assert_eq!(looked_up(&format!("{}/password", saved.id)), PASSWORD);
    let copy = app.duplicate_profile(&saved.id).await.unwrap();
    assert_eq!(looked_up(&format!("{}/password", copy.id)), PASSWORD);
    app.remove_profile(&saved.id).await.unwrap();
    assert_eq!(looked_up(&format!("{}/password", saved.id)), "");
    app.remove_profile(&copy.id).await.unwrap();
    app.close().await;
    assert!(!grep(app.home()), "the password is in no file of the home");
}

#[ignore = "run on a bus of its own by the test below"]
#[tokio::test]
async fn without_a_keychain() {
    if !on_the_bus() {
        return;
    }
    let app = App::open(Options { home: None, face: Face::Cli }).await.unwrap();
    let state = app.probe_keychain().await;
    assert!(!state.works);
    assert!(state.reason.unwrap().contains("every time"));
    let error = app.save_profile(draft(PasswordPolicy::Keychain)).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::KeychainUnavailable);
    app.save_profile(draft(PasswordPolicy::Ask)).await.unwrap();
    app.close().await;
    assert!(!grep(app.home()));
}

#[test]
fn a_password_lives_in_the_secret_service_and_nowhere_else() {
    if ready() {
        on_a_bus(
            "with_a_keychain",
            "echo -n pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null; sleep 0.5",
        );
    }
}

#[test]
fn a_computer_without_a_secret_service_is_told_what_to_do() {
    if ready() {
        // No service can be started by name either.
        on_a_bus("without_a_keychain", "export DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent/bus");
    }
}
