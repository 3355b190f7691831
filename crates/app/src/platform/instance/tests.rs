#![allow(clippy::unwrap_used, clippy::panic)]
use std::{fs, os::unix::fs::PermissionsExt as _, os::unix::net::UnixListener};

use super::*;

fn first(home: &Path, target: Option<&str>) -> First {
    match claim(home, target).unwrap() {
        Launch::First(first) => first,
        Launch::Asked => panic!("somebody has {}", home.display()),
    }
}

#[test]
fn a_second_launch_asks_the_first_for_a_window_and_ends() {
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("shop.db");
    fs::write(&file, "").unwrap();
    let mut one = first(scratch.path(), None);
    assert!(matches!(claim(scratch.path(), None).unwrap(), Launch::Asked));
    assert!(matches!(claim(scratch.path(), Some("postgres://h/db")).unwrap(), Launch::Asked));
    assert_eq!(one.requests.blocking_recv().unwrap(), None);
    assert_eq!(one.requests.blocking_recv().unwrap().unwrap(), "postgres://h/db");
    let mode = fs::metadata(channel::address(scratch.path())).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    drop(one);
    assert!(!channel::address(scratch.path()).exists());
    drop(first(scratch.path(), None));
}

#[test]
fn what_a_dead_process_left_is_swept_aside() {
    let scratch = tempfile::tempdir().unwrap();
    // A socket nobody listens on any more, and a lock file nobody holds.
    drop(UnixListener::bind(scratch.path().join("window.sock")).unwrap());
    fs::write(lock_path(scratch.path()), "1").unwrap();
    let one = first(scratch.path(), None);
    assert!(matches!(claim(scratch.path(), None).unwrap(), Launch::Asked));
    drop(one);
}

#[test]
fn nonsense_on_the_socket_opens_nothing_and_breaks_nothing() {
    let scratch = tempfile::tempdir().unwrap();
    let mut one = first(scratch.path(), None);
    for nonsense in [b"".as_slice(), b"\xff\xfe", b"{}garbage", &[b'x'; 100_000]] {
        assert!(channel::ask(scratch.path(), nonsense).is_err());
    }
    assert!(one.requests.try_recv().is_err());
    assert!(matches!(claim(scratch.path(), Some("x")).unwrap(), Launch::Asked));
    assert_eq!(one.requests.blocking_recv().unwrap().unwrap(), "x");
}

#[test]
fn a_home_with_a_very_long_path_has_a_socket_too() {
    let scratch = tempfile::tempdir().unwrap();
    let home = scratch.path().join("x".repeat(120));
    let one = first(&home, None);
    assert!(matches!(claim(&home, None).unwrap(), Launch::Asked));
    assert!(!channel::address(&home).starts_with(&home));
    drop(one);
}
