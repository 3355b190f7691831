#![cfg(unix)]
#![allow(clippy::unwrap_used)]
use std::{
    collections::BTreeMap,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use super::*;
use crate::{
    api::{Environment, ProfileDraft, Safety},
    profiles::Origin,
    testing,
};

fn shell(text: &str, timeout_s: u32) -> PasswordCommand {
    PasswordCommand { argv: vec![text.to_owned()], shell: true, timeout_s }
}

fn argv(words: &[&str]) -> PasswordCommand {
    PasswordCommand { argv: words.iter().map(|word| (*word).to_owned()).collect(), shell: false, timeout_s: 10 }
}

async fn printed(command: &PasswordCommand) -> Result<String, AppError> {
    let values = BTreeMap::from([("host".to_owned(), "db1".to_owned()), ("user".to_owned(), "ann".to_owned())]);
    let purpose = Purpose { name: "Shop", driver: "postgres", values: &values };
    run(command, purpose).await.map(|secret| secret.expose().to_owned())
}

#[tokio::test]
async fn the_first_line_is_the_password_and_no_shell_reads_the_words() {
    assert_eq!(printed(&argv(&["printf", "one\\ntwo\\n"])).await.unwrap(), "one");
    assert_eq!(printed(&argv(&["printf", "%s", "$HOME; echo x `id`"])).await.unwrap(), "$HOME; echo x `id`");
    assert_eq!(printed(&argv(&["printf", "crlf\\r\\n"])).await.unwrap(), "crlf");
    assert_eq!(printed(&shell("printf a; printf b", 10)).await.unwrap(), "ab");
    let told = shell("echo $ROWHOUSE_PROFILE/$ROWHOUSE_HOST/$ROWHOUSE_USER/$ROWHOUSE_DATABASE.", 10);
    assert_eq!(printed(&told).await.unwrap(), "Shop/db1/ann/.");
    assert_eq!(printed(&shell("read line || echo none", 10)).await.unwrap(), "none", "nothing can be typed");
}

#[tokio::test]
async fn what_goes_wrong_is_told_without_the_secret() {
    let failed = printed(&shell("echo 'token=hunter2 no role' >&2; echo hunter2; exit 3", 10)).await.unwrap_err();
    assert_eq!(failed.code, ErrorCode::Unauthenticated);
    assert!(failed.message.contains("exit code 3") && failed.message.contains("no role"), "{}", failed.message);
    assert!(!format!("{failed:?}").contains("hunter2"));
    let killed = printed(&shell("kill -9 $$", 10)).await.unwrap_err();
    assert!(killed.message.contains("signal 9"), "{}", killed.message);
    let silent = printed(&argv(&["true"])).await.unwrap_err();
    assert!(silent.message.contains("printed no password"));
    let missing = printed(&argv(&["/no/such/program"])).await.unwrap_err();
    assert_eq!(missing.code, ErrorCode::NotFound);
    assert!(printed(&shell("printf '\\377\\n'", 10)).await.unwrap_err().message.contains("UTF-8"));
    assert!(printed(&shell("yes x", 10)).await.unwrap_err().message.contains("longer than a password"));
    assert!(printed(&PasswordCommand { argv: Vec::new(), ..argv(&[]) }).await.is_err());
}

fn lives(pid: &Path) -> bool {
    let Ok(id) = std::fs::read_to_string(pid) else { return false };
    let status = std::fs::read_to_string(format!("/proc/{}/stat", id.trim())).unwrap_or_default();
    !status.is_empty() && !status.contains(") Z ")
}

async fn dies(pid: &Path) {
    for _ in 0..100 {
        if !lives(pid) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(!lives(pid), "it still runs");
}

#[tokio::test]
async fn a_command_that_hangs_is_killed_with_all_it_started() {
    let folder = testing::home();
    let pid = folder.path().join("pid");
    let text = format!("sleep 60 & echo $! > '{}'; wait", pid.display());
    let begun = Instant::now();
    let error = printed(&shell(&text, 1)).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::TimedOut);
    assert!(begun.elapsed() < Duration::from_secs(5));
    dies(&pid).await;
    // Given up in the middle, as when a person disconnects.
    std::fs::remove_file(&pid).unwrap();
    let long = shell(&text, 60);
    let attempt = printed(&long);
    assert!(tokio::time::timeout(Duration::from_millis(800), attempt).await.is_err());
    assert!(pid.exists());
    dies(&pid).await;
}

#[tokio::test]
async fn something_left_behind_does_not_hold_the_password_up() {
    let begun = Instant::now();
    assert_eq!(printed(&shell("sleep 20 & echo word", 15)).await.unwrap(), "word");
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[test]
fn another_command_or_another_place_is_another_digest() {
    let place = |host: &str| BTreeMap::from([("host".to_owned(), host.to_owned())]);
    let (one, other) = (place("db1"), place("evil"));
    let of = |command: &PasswordCommand, values| digest(command, Purpose { name: "x", driver: "postgres", values });
    let command = argv(&["vault", "read", "db"]);
    assert_eq!(of(&command, &one), of(&PasswordCommand { timeout_s: 60, ..command.clone() }, &one));
    assert_ne!(of(&command, &one), of(&command, &other));
    assert_ne!(of(&command, &one), of(&argv(&["vault", "read db"]), &one));
    assert_ne!(of(&command, &one), of(&PasswordCommand { shell: true, ..command.clone() }, &one));
    assert_eq!(shown(&argv(&["a b", "it's"])), "'a b' 'it'\\''s'");
}

fn draft(command: &PasswordCommand) -> ProfileDraft {
    ProfileDraft {
        name: "Shop".to_owned(),
        environment: Environment::Local,
        safety: Safety::Free,
        driver: "postgres".to_owned(),
        values: BTreeMap::from([("host".to_owned(), "127.0.0.1".to_owned()), ("port".to_owned(), "1".to_owned())]),
        password_policy: PasswordPolicy::Command,
        password_command: Some(command.clone()),
        ..ProfileDraft::default()
    }
}

#[tokio::test]
async fn a_command_from_a_file_runs_only_once_a_person_has_agreed_to_it() {
    let home = testing::home();
    let app = testing::open(&home).await;
    let ran = home.path().join("ran");
    let command = shell(&format!("echo x >> '{}'; echo word", ran.display()), 10);
    let saved = app.save(draft(&command), Origin::File).await.unwrap();
    let digest = saved.untrusted_command.clone().unwrap();
    let refused = app.connect(&saved.id).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Forbidden);
    assert!(refused.message.contains("echo x") && refused.hint.unwrap().contains("connections trust"));
    let id = Some(saved.id.clone());
    let kept = ProfileDraft { id: id.clone(), password_command: None, ..draft(&command) };
    assert_eq!(app.test_profile(kept.clone(), "t", |_| {}).await.unwrap_err().code, ErrorCode::Forbidden);
    // Saving the form without a change is no consent.
    assert!(app.save_profile(kept.clone()).await.unwrap().untrusted_command.is_some());
    assert_eq!(app.trust_command(&saved.id, "another").await.unwrap_err().code, ErrorCode::Conflict);
    assert!(!ran.exists());
    assert_eq!(app.trust_command(&saved.id, &digest).await.unwrap().untrusted_command, None);
    assert_eq!(app.connect(&saved.id).await.unwrap_err().code, ErrorCode::Unreachable);
    assert_eq!(app.connect(&saved.id).await.unwrap_err().code, ErrorCode::Unreachable);
    assert_eq!(std::fs::read_to_string(&ran).unwrap(), "x\nx\n", "anew at every connect");
    // The same file again changes nothing; another host in it needs consent again.
    let again = ProfileDraft { id: id.clone(), ..draft(&command) };
    assert_eq!(app.save(again.clone(), Origin::File).await.unwrap().untrusted_command, None);
    let mut moved = again.clone();
    moved.values.insert("host".to_owned(), "db.evil.example".to_owned());
    assert!(app.save(moved, Origin::File).await.unwrap().untrusted_command.is_some());
    // What a person types is agreed to, and stays so when they move it.
    let typed = ProfileDraft { id: id.clone(), ..draft(&argv(&["echo", "typed"])) };
    assert_eq!(app.save_profile(typed.clone()).await.unwrap().untrusted_command, None);
    let mut moved = ProfileDraft { password_command: None, ..typed };
    moved.values.insert("port".to_owned(), "2".to_owned());
    assert_eq!(app.save_profile(moved).await.unwrap().untrusted_command, None);
    let copy = app.duplicate_profile(&saved.id).await.unwrap();
    assert_eq!(copy.untrusted_command, None);
    assert_eq!(copy.password_command, Some(argv(&["echo", "typed"])));
}

#[tokio::test]
async fn a_test_shows_the_command_as_a_hop_and_a_wrong_one_is_refused() {
    let home = testing::home();
    let app = testing::open(&home).await;
    let report = app.test_profile(draft(&shell("echo oops >&2; exit 2", 10)), "t", |_| {}).await.unwrap();
    assert_eq!(report.hops.len(), 1);
    assert!(!report.hops[0].ok && report.hops[0].name == "Password command");
    assert!(report.error.unwrap().message.contains("oops"));
    for wrong in [argv(&[]), argv(&[" "]), shell("x", 0), shell("x", 601), argv(&["a\0b"])] {
        assert_eq!(app.save_profile(draft(&wrong)).await.unwrap_err().code, ErrorCode::InvalidStatement);
    }
    let none = ProfileDraft { password_command: None, ..draft(&argv(&["x"])) };
    assert!(app.save_profile(none).await.unwrap_err().message.contains("No command"));
    let word = "s3cr3t-of-the-vault";
    let saved =
        app.save_profile(draft(&shell(&format!("cat '{}'", home.path().join("w").display()), 5))).await.unwrap();
    std::fs::write(home.path().join("w"), word).unwrap();
    assert_eq!(app.secrets_of(&saved).await.unwrap().password.unwrap().expose(), word);
    std::fs::remove_file(home.path().join("w")).unwrap();
    app.close().await;
    let store = std::fs::read(home.path().join("rowhouse.db")).unwrap();
    assert!(!store.windows(word.len()).any(|part| part == word.as_bytes()), "it is kept nowhere");
    drop(Arc::clone(&app));
}

#[tokio::test]
async fn a_token_that_ran_out_is_fetched_anew_for_the_next_session() {
    let Ok(url) = std::env::var("ROWHOUSE_TEST_POSTGRES_18_URL") else {
        eprintln!("not tested: ROWHOUSE_TEST_POSTGRES_18_URL is not set");
        return;
    };
    let home = testing::home();
    let app = testing::open(&home).await;
    let role = format!("token_{}", uuid::Uuid::new_v4().simple());
    let psql = |text: String| {
        let done = std::process::Command::new("psql").args([url.as_str(), "-qXc", &text]).status();
        done.is_ok_and(|status| status.success())
    };
    if !psql(format!("create role {role} login password 'first'")) {
        eprintln!("not tested: psql is missing");
        return;
    }
    let (token, runs) = (home.path().join("token"), home.path().join("runs"));
    std::fs::write(&token, "first").unwrap();
    let command = shell(&format!("echo x >> '{}'; cat '{}'", runs.display(), token.display()), 10);
    let parsed = app.parse_target(&url).await.unwrap();
    let mut values = parsed.values;
    values.insert("user".to_owned(), role.clone());
    let saved = app.save_profile(ProfileDraft { values, ..draft(&command) }).await.unwrap();
    app.connect(&saved.id).await.unwrap();
    let connected = app.live.find(&saved.id).unwrap();
    let old = connected.main().unwrap();
    assert!(psql(format!("alter role {role} password 'second'")));
    std::fs::write(&token, "second").unwrap();
    let before = std::fs::read_to_string(&runs).unwrap().len();
    let (session, _permit) = old.session(&connected, driver::Role::Session).await.unwrap();
    assert_eq!(std::fs::read_to_string(&runs).unwrap().len(), before + 2, "once more");
    assert!(!Arc::ptr_eq(&old, &connected.main().unwrap()));
    session.close().await;
    // What is still open fetches from the new one without the command.
    let (session, _permit) = old.session(&connected, driver::Role::Session).await.unwrap();
    session.close().await;
    std::fs::write(&token, "wrong").unwrap();
    app.disconnect(&saved.id).await.unwrap();
    assert_eq!(app.connect(&saved.id).await.unwrap_err().code, ErrorCode::Unauthenticated);
    assert!(psql(format!("drop role {role}")));
}
