//! A store that cannot be used as it is: said, with what to do, and left as it was.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use crate::harness::{Home, wait_until};

/// A file system of its own in place of a folder, gone with its value.
struct Mount<'a>(&'a Path);

impl<'a> Mount<'a> {
    fn at(folder: &'a Path, options: &str) -> Option<Self> {
        std::fs::create_dir_all(folder).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(folder).output();
        if mounted.is_ok_and(|mounted| mounted.status.success()) {
            return Some(Mount(folder));
        }
        println!("SKIPPED: only root can mount a file system here");
        None
    }

    fn again(&self, options: &str) {
        let done = Command::new("mount").args(["-o", options]).arg(self.0).status().unwrap();
        assert!(done.success());
    }
}

impl Drop for Mount<'_> {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(self.0).status());
    }
}

#[test]
fn a_store_of_a_newer_program_is_refused_with_words_and_not_touched() {
    let home = Home::new();
    home.run(["connections", "list"]).expect(0);
    let store = home.path("home/rowhouse.db");
    let newer = "insert into _sqlx_migrations values (99999, 'later', '2030-01-01', true, x'00', 1)";
    let other = Home::new();
    other.run(["query", store.to_str().unwrap(), "-q", "-c", newer]).expect(0);
    let before = std::fs::read(&store).unwrap();
    for command in [&["connections", "list"][..], &["query", "sample", "-c", "select 1"]] {
        home.run(command).expect(7).says(&["newer Rowhouse", "ROWHOUSE_HOME", "left as it is"]);
    }
    home.run(["doctor"]).expect(7);
    assert_eq!(std::fs::read(&store).unwrap(), before);
}

#[test]
fn a_store_on_a_disk_that_cannot_be_written_is_refused() {
    let home = Home::new();
    let folder = home.path("home");
    let Some(disk) = Mount::at(&folder, "size=8m,mode=700") else { return };
    home.run(["connections", "add", "sqlite:shop.db?mode=rwc", "--name", "kept"]).expect(0);
    disk.again("remount,ro");
    home.run(["connections", "list"]).expect(7).says(&["error: ", "hint: "]);
    disk.again("remount,rw");
    let list = home.run(["connections", "list"]).expect(0);
    assert!(list.out().contains("kept"), "{}", list.out());
}

#[test]
fn a_full_disk_under_the_store_is_said_and_loses_nothing() {
    let home = Home::new();
    let folder = home.path("home");
    let Some(_disk) = Mount::at(&folder, "size=8m,mode=700") else { return };
    let shop = home.sqlite("shop.db", "create table t (a); insert into t values (1)");
    home.run(["connections", "add", &shop, "--name", "kept"]).expect(0);
    // Nothing is left for the store's log.
    drop(std::fs::write(folder.join("others"), vec![1; 16 << 20]));
    let add = home.run(["connections", "add", &shop, "--name", "another"]).expect(7);
    assert!(add.stderr.contains("full") || add.stderr.contains("space"), "{}", add.stderr);
    std::fs::remove_file(folder.join("others")).unwrap();
    let list = home.run(["connections", "list"]).expect(0);
    assert!(list.out().contains("kept") && !list.out().contains("another"), "{}", list.out());
    assert_eq!(home.run(["query", "kept", "-c", "select a from t", "--format", "csv"]).expect(0).out(), "a\n1\n");
}

#[test]
fn many_commands_at_once_share_one_store() {
    let home = Home::new();
    // Nothing is there yet: each of them would make it.
    let children: Vec<_> = (0..8)
        .map(|number| {
            let name = format!("c{number}");
            let add = ["connections", "add", "--driver", "sqlite", "--field", "file=x.db", "--name", &name];
            home.command(add).stdout(Stdio::null()).spawn().unwrap()
        })
        .collect();
    for child in children {
        let ended = child.wait_with_output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    }
    let list = home.run(["connections", "list", "--format", "json"]).expect(0).json();
    assert_eq!(list.as_array().unwrap().len(), 9);
}

#[test]
fn kill_9_at_any_moment_leaves_a_store_that_opens() {
    let home = Home::new();
    home.run(["connections", "list"]).expect(0);
    for after in [1, 5, 15, 30, 60, 120] {
        let script = "select 1; ".repeat(2000);
        let mut child = home.command(["query", "sample", "-q", "-c", &script]).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(after * 4));
        child.kill().unwrap();
        child.wait().unwrap();
        home.run(["connections", "list"]).expect(0);
    }
    let store = home.path("home/rowhouse.db");
    let other = Home::new();
    let check = ["query", store.to_str().unwrap(), "--format", "csv", "-c", "pragma integrity_check"];
    assert_eq!(other.run(check).expect(0).out(), "integrity_check\nok\n");
    let open = [
        "query",
        store.to_str().unwrap(),
        "--format",
        "csv",
        "-c",
        "select count(*) as n from history where outcome = 'running'",
    ];
    wait_until("what died is settled", || {
        home.run(["connections", "list"]).expect(0);
        other.run(open).expect(0).out() == "n\n0\n"
    });
}
