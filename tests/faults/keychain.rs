//! A real keychain that locks in mid-session: GNOME Keyring on a bus of its own.
#![cfg(target_os = "linux")]

use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use app::api::{AppEvent, ConnectionPhase, DraftPassword, ErrorCode, PasswordPolicy, ProfileDraft};
use tests::servers;

use super::desk::{Desk, EVENTUALLY, LATE, NOTICED, Place, postgres, psql};

/// Signs in as somebody of this test's own, with a password that is unmistakable in a byte search.
const ROLE: &str = "rowhouse_keychain_test";
const PASSWORD: &str = "keychain-test-Wq93-password";
const ANOTHER: &str = "keychain-test-Wq93-another";

/// Whether everything is there; says by name what is not, and fails where nothing may be skipped.
fn ready() -> bool {
    let there = |program: &&str| {
        std::env::var_os("PATH")
            .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
    };
    let wanted = ["dbus-run-session", "dbus-send", "gnome-keyring-daemon"];
    let missing: Vec<&str> = wanted.into_iter().filter(|program| !there(program)).collect();
    assert!(missing.is_empty() || !servers::required(), "this test needs {}", missing.join(", "));
    if !missing.is_empty() {
        eprintln!("SKIPPED: this test needs {}", missing.join(", "));
    }
    missing.is_empty()
}

#[test]
fn a_keychain_that_locks_in_mid_session_loses_no_connection_is_said_and_serves_again_once_unlocked() {
    if !ready() {
        return;
    }
    let scratch = tempfile::tempdir().unwrap();
    // The daemon ends with its session, however the test ends.
    let script = r#"
printf unlock | gnome-keyring-daemon --foreground --unlock --components=secrets >/dev/null 2>&1 & daemon=$!
status=0
export ROWHOUSE_TEST_KEYRING="$daemon"
"$0" --exact faults::keychain::with_a_keychain_that_locks --ignored --nocapture || status=$?
kill "$daemon" 2>/dev/null
exit "$status""#;
    let output = Command::new("dbus-run-session")
        .args(["--", "bash", "-c", script])
        .arg(std::env::current_exe().unwrap())
        .env("HOME", scratch.path())
        .env("XDG_DATA_HOME", scratch.path().join("data"))
        .env("XDG_RUNTIME_DIR", scratch.path())
        .env("ROWHOUSE_TEST_BUS", "1")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

fn lock() {
    let status = Command::new("dbus-send")
        .args(["--session", "--print-reply", "--dest=org.freedesktop.secrets", "/org/freedesktop/secrets"])
        .args(["org.freedesktop.Secret.Service.Lock", "array:objpath:/org/freedesktop/secrets/collection/login"])
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
}

/// The daemon is started anew with the password, as at the next login; it is killed with the value.
fn unlock() -> Daemon {
    let locked = std::env::var("ROWHOUSE_TEST_KEYRING").unwrap();
    let _ = Command::new("kill").arg(&locked).status();
    while Path::new("/proc").join(&locked).join("cmdline").exists() && !is_dead(&locked) {
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut child = Command::new("gnome-keyring-daemon")
        .args(["--foreground", "--unlock", "--components=secrets"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"unlock").unwrap();
    Daemon(child)
}

/// Ended, but nobody has asked how.
fn is_dead(pid: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| stat.contains(") Z "))
}

struct Daemon(std::process::Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn holds(folder: &Path, secret: &str) -> bool {
    std::fs::read_dir(folder).unwrap().flatten().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return holds(&path, secret);
        }
        std::fs::read(&path).is_ok_and(|bytes| bytes.windows(secret.len()).any(|part| part == secret.as_bytes()))
    })
}

#[ignore = "run on a bus of its own by the test above"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_keychain_that_locks() {
    let (Some(place), Some(_)) = (postgres(), std::env::var_os("ROWHOUSE_TEST_BUS")) else { return };
    psql(&format!("drop role if exists {ROLE}; create role {ROLE} login password '{PASSWORD}'"));
    let place = Place { password: None, ..place.with(&[("user", ROLE)]) };
    let desk = Desk::open().await;
    let kept = |name: &str, secret: &str| ProfileDraft {
        password_policy: PasswordPolicy::Keychain,
        password: DraftPassword::Set { secret: driver::Secret::new(secret.to_owned()) },
        ..desk.draft(name, &place)
    };
    // The service may still be on its way.
    let begun = std::time::Instant::now();
    while !desk.app.probe_keychain().await.works {
        assert!(begun.elapsed() < EVENTUALLY, "{:?}", desk.app.probe_keychain().await);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let open = desk.app.save_profile(kept("open", PASSWORD)).await.unwrap().id;
    let closed = desk.app.save_profile(kept("closed", PASSWORD)).await.unwrap().id;
    desk.app.connect(&open).await.unwrap();
    assert!(desk.run("tab", &open, "select 1").await.completed());

    lock();
    let mut events = desk.app.events();
    assert!(desk.run("tab", &open, "select 2").await.completed(), "an open session needs no keychain");
    assert!(desk.run("another tab", &open, "select 3").await.completed(), "nor does another of the same connection");
    psql(&format!("select pg_terminate_backend(pid) from pg_stat_activity where usename = '{ROLE}'"));
    desk.until("the loss to be seen", NOTICED + LATE, || desk.link("tab") == "lost").await;
    desk.run_until_it_completes("tab", &open, "select 4").await;
    desk.until("the connection to come back", EVENTUALLY, || desk.is_open(&open)).await;
    while let Ok(event) = events.try_recv() {
        assert!(!matches!(event, AppEvent::Question { .. }), "{event:?}");
    }

    // What needs the keychain says so, soon, and with what to do.
    let limit = Duration::from_secs(30);
    let error = tokio::time::timeout(limit, desk.app.connect(&closed)).await.expect("it hangs").unwrap_err();
    assert_eq!(error.code, ErrorCode::KeychainUnavailable, "{error:?}");
    assert!(error.hint.as_ref().is_some_and(|hint| hint.contains("unlock")), "{error:?}");
    assert!(!holds(&desk.home.path().join("home"), PASSWORD));
    let saving = desk.app.save_profile(kept("third", ANOTHER));
    let error = tokio::time::timeout(limit, saving).await.expect("it hangs").unwrap_err();
    assert_eq!(error.code, ErrorCode::KeychainUnavailable, "{error:?}");
    assert!(desk.app.profile_named("third").await.unwrap().is_none(), "nothing is saved half");
    assert!(!holds(&desk.home.path().join("home"), ANOTHER), "there is no substitute for a keychain");

    let _daemon = unlock();
    let begun = std::time::Instant::now();
    while let Err(error) = desk.app.connect(&closed).await {
        assert!(begun.elapsed() < EVENTUALLY, "{error:?}");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    assert_eq!(desk.phase(&closed), ConnectionPhase::Open);
    desk.app.close().await;
    psql(&format!("drop role if exists {ROLE}"));
}
