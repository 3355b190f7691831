//! Folders of migrations compared: applied to scratch databases that go again, whatever happens.

use std::process::Child;

use crate::harness::{Home, Mariadb, Server, of, servers, wait_until};

const FIRST: &str = "create table people (id int not null primary key, mail varchar(80) not null);\n\
    create table orders (id int not null primary key, person int not null references people (id));\n";
const SECOND: &str = "alter table people add column born date;\ncreate index people_born on people (born);\n";

/// A folder of migrations as sqlx names them.
fn folder(home: &Home, name: &str, files: &[&str]) {
    std::fs::create_dir(home.path(name)).unwrap();
    for (place, text) in files.iter().enumerate() {
        let file = format!("{name}/2026010100000{place}_step{place}.sql");
        std::fs::write(home.path(&file), text).unwrap();
    }
}

/// The scratch databases that this home has made, by what it recorded.
fn made(home: &Home) -> Vec<String> {
    let trail = home.run(["audit", "--format", "json"]).expect(0).json();
    let lines = trail.as_array().unwrap().iter().filter(|line| line["command"] == "CREATE DATABASE");
    let names = lines.flat_map(|line| line["targets"].as_array().unwrap().clone());
    let names = names.map(|name| name.as_str().unwrap().to_owned());
    names.filter(|name| name.starts_with("rowhouse_scratch_")).collect()
}

fn is_on(server: &Server, name: &str) -> bool {
    server.value(&format!("select count(*) from pg_database where datname = '{name}'")) == "1"
}

/// Asserts that this home made so many, and that none is left.
#[track_caller]
fn gone(home: &Home, server: &Server, count: usize) {
    let names = made(home);
    assert_eq!(names.len(), count, "{names:?}");
    for name in names {
        assert!(!is_on(server, &name), "{name} is left");
    }
    assert_eq!(std::fs::read_dir(home.path("home/scratch")).unwrap().count(), 0);
}

struct Database<'a>(&'a Server, &'a str);

impl<'a> Database<'a> {
    fn new(server: &'a Server, name: &'a str) -> Self {
        server.psql(&format!("drop database if exists {name} with (force)"));
        server.psql(&format!("create database {name}"));
        Database(server, name)
    }

    fn url(&self) -> String {
        format!("{}/{}", self.0.url.rsplit_once('/').unwrap().0, self.1)
    }
}

impl Drop for Database<'_> {
    fn drop(&mut self) {
        self.0.psql(&format!("drop database if exists {} with (force)", self.1));
    }
}

#[test]
fn a_folder_is_what_its_migrations_make_on_postgres() {
    for server in servers() {
        let home = Home::new();
        let database = Database::new(&server, "rh_cli_diff_folder");
        let url = database.url();
        folder(&home, "all", &[FIRST, SECOND]);
        home.run(["query", &url, "-q", "-c", &format!("{FIRST}{SECOND}")]).expect(0);
        home.run(["query", &url, "-q", "-c", "create table _sqlx_migrations (version bigint primary key, n serial)"])
            .expect(0);
        // No database is made where nobody said so.
        home.run(["diff", "all", &url]).expect(2).says(&["scratch"]);
        home.run(["diff", &url, "sqlite:none.db", "--scratch", &url]).expect(2);
        let diff = |from: &str, to: &str, more: &[&str]| {
            home.run([&["diff", from, to, "--scratch", &server.url, "--no-access"], more].concat())
        };
        assert_eq!(diff("all", &url, &["--check"]).expect(0).out(), "Nothing differs.\n");
        assert_eq!(diff(&url, "all", &["--check"]).expect(0).out(), "Nothing differs.\n");
        home.run(["query", &url, "-q", "-c", "alter table orders add column note text"]).expect(0);
        assert_eq!(diff("all", &url, &["--check"]).expect(1).out(), "+ column public.orders.note\n");
        let script = diff(&url, "all", &["--format", "sql"]).expect(0).out().to_owned();
        assert!(script.contains("DROP COLUMN note"), "{script}");
        // Both of them folders, and a catalog file.
        folder(&home, "some", &[FIRST]);
        let text = diff("some", "all", &[]).expect(0).out().to_owned();
        assert_eq!(text, "+ column public.people.born\n+ index public.people_born\n");
        home.run(["schema", &url, "--format", "catalog", "-o", "now.json"]).expect(0);
        assert_eq!(diff("all", "now.json", &[]).expect(0).out(), "+ column public.orders.note\n");
        gone(&home, &server, 7);

        // One that fails half-way, and one that nobody waits for.
        folder(&home, "bad", &[FIRST, "create table people (id int);\n"]);
        diff("bad", &url, &[]).expect(4).says(&["people"]);
        gone(&home, &server, 8);
    }
}

fn stop(child: &Child, signal: i32) {
    // SAFETY: the process is our own child, not yet waited for.
    unsafe { libc::kill(i32::try_from(child.id()).unwrap(), signal) };
}

#[test]
fn who_stops_a_comparison_leaves_no_database() {
    for server in servers() {
        let home = Home::new();
        let database = Database::new(&server, "rh_cli_diff_stopped");
        let url = database.url();
        folder(&home, "slow", &[FIRST, "select pg_sleep(60), 'rh_diff_slow';\n"]);
        let begin = || {
            let child = home.command(["diff", "slow", &url, "--scratch", &server.url]).spawn().unwrap();
            wait_until("the migration runs", || server.running("rh_diff_slow") == "1");
            child
        };
        for signal in [libc::SIGINT, libc::SIGTERM] {
            let child = begin();
            stop(&child, signal);
            of(child.wait_with_output().unwrap()).expect(130);
            assert_eq!(server.running("rh_diff_slow"), "0");
        }
        gone(&home, &server, 2);

        // Killed, it is found the next time, once its session has ended.
        let child = begin();
        stop(&child, libc::SIGKILL);
        child.wait_with_output().unwrap();
        let left = made(&home).remove(0);
        assert!(is_on(&server, &left));
        server.psql(&format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{left}'"));
        folder(&home, "plain", &[FIRST]);
        wait_until("the session ends", || {
            server.value(&format!("select count(*) from pg_stat_activity where datname = '{left}'")) == "0"
        });
        let next = home.run(["diff", "plain", &url, "--scratch", &server.url]).expect(0);
        next.says(&[&left, "is removed"]);
        gone(&home, &server, 4);
    }
}

#[test]
fn a_folder_is_what_its_migrations_make_on_mariadb() {
    let home = Home::new();
    let Some(database) = Mariadb::new(&home, "rh_cli_diff_folder") else { return };
    folder(&home, "all", &[FIRST, SECOND]);
    database.run(FIRST);
    database.run(SECOND);
    let url = database.url.as_str();
    home.run(["diff", "all", url]).expect(2).says(&["scratch"]);
    let diff = |more: &[&str]| home.run([&["diff", "all", url, "--scratch", url], more].concat());
    assert_eq!(diff(&["--check"]).expect(0).out(), "Nothing differs.\n");
    database.run("alter table orders add column note text");
    let found = diff(&["--check"]).expect(1).out().to_owned();
    assert!(
        found.starts_with("+ column ") && found.ends_with("orders.note\n") && found.lines().count() == 1,
        "{found}"
    );
    folder(&home, "bad", &[FIRST, "create table people (id int);\n"]);
    home.run(["diff", "bad", url, "--scratch", url]).expect(4).says(&["people"]);
    let names = made(&home);
    assert_eq!(names.len(), 3);
    for name in names {
        let there = format!("select count(*) as n from information_schema.schemata where schema_name = '{name}'");
        assert_eq!(home.run(["query", url, "--format", "csv", "-c", &there]).expect(0).out(), "n\n0\n");
    }
}

#[test]
fn a_folder_is_what_its_migrations_make_without_any_server() {
    let home = Home::new();
    folder(&home, "all", &[FIRST, SECOND]);
    let file = home.sqlite("shop.db", &format!("{FIRST}{SECOND}"));
    assert_eq!(home.run(["diff", "all", &file, "--check"]).expect(0).out(), "Nothing differs.\n");
    home.run(["query", &file, "-q", "-c", "create table _sqlx_migrations (version bigint primary key)"]).expect(0);
    home.run(["query", &file, "-q", "-c", "alter table orders add column note text"]).expect(0);
    let found = home.run(["diff", "all", &file, "--scratch", "sqlite", "--format", "tree"]).expect(0);
    assert_eq!(found.out(), "schema main\n└ table orders\n  └ + column note\n");
    folder(&home, "some", &[FIRST]);
    let found = home.run(["diff", "some", "all"]).expect(0);
    assert!(found.out().contains("+ index main.people_born\n"), "{}", found.out());
    assert_eq!(std::fs::read_dir(home.path("home/scratch")).unwrap().count(), 0);

    folder(&home, "bad", &["create table t (a int);\n", "create table t (a int);\n"]);
    home.run(["diff", "bad", &file]).expect(4);
    assert_eq!(std::fs::read_dir(home.path("home/scratch")).unwrap().count(), 0);
    // Nothing to put into a scratch database.
    home.run(["diff", &file, &file, "--scratch", "sqlite"]).expect(2).says(&["--scratch"]);
}
