//! Migrations: applied, taken back, tried, checked, written, and what is told of those that fail.

use std::{fs, path::Path};

use crate::harness::{Home, Server, servers};

/// An empty database, gone when it is dropped.
struct Place<'a> {
    home: &'a Home,
    target: String,
    /// Whether each migration is kept as a whole or not at all.
    transactional: bool,
    /// Where, and what, to drop.
    drop: Option<(String, String)>,
}

impl<'a> Place<'a> {
    fn postgres(home: &'a Home, server: &Server, name: &str) -> Self {
        let database = format!("rh_cli_migrate_{name}");
        let (start, _) = server.url.rsplit_once('/').unwrap();
        let drop = format!("drop database if exists {database} with (force)");
        server.psql(&drop);
        server.psql(&format!("create database {database}"));
        Place {
            home,
            target: format!("{start}/{database}"),
            transactional: true,
            drop: Some((server.url.clone(), drop)),
        }
    }

    fn mariadb(home: &'a Home, name: &str) -> Option<Self> {
        let Some(url) = std::env::var("ROWHOUSE_TEST_MARIADB_URL").ok().filter(|url| !url.is_empty()) else {
            assert!(std::env::var("ROWHOUSE_TEST_REQUIRE").as_deref() != Ok("1"), "MariaDB is required");
            eprintln!("SKIPPED: no MariaDB");
            return None;
        };
        let database = format!("rh_cli_migrate_{name}");
        let drop = format!("drop database if exists {database}");
        let (start, _) = url.rsplit_once('/').unwrap();
        let target = format!("{start}/{database}");
        home.run(["query", &url, "-q", "--yes", "-c", &format!("{drop}; create database {database}")]).expect(0);
        Some(Place { home, target, transactional: false, drop: Some((url, drop)) })
    }

    fn sqlite(home: &'a Home) -> Self {
        let target = home.sqlite("migrated.db", "create table unrelated (id integer primary key)");
        Place { home, target, transactional: true, drop: None }
    }

    /// One of each engine.
    fn all(home: &'a Home, name: &str) -> Vec<Self> {
        let server = servers().into_iter().find(|server| server.major == 18);
        let postgres = server.map(|server| Place::postgres(home, &server, name));
        postgres.into_iter().chain(Place::mariadb(home, name)).chain([Place::sqlite(home)]).collect()
    }

    fn ask(&self, sql: &str) -> String {
        let ended = self.home.run(["query", &self.target, "-q", "--yes", "--format", "csv", "-c", sql]).expect(0);
        ended.out().lines().skip(1).collect::<Vec<_>>().join(";")
    }

    /// The address without its password, and the password.
    fn login(&self) -> (String, String) {
        let Some((scheme, rest)) = self.target.split_once("://") else { return (self.target.clone(), String::new()) };
        let (login, place) = rest.rsplit_once('@').unwrap();
        let (user, password) = login.split_once(':').unwrap();
        (format!("{scheme}://{user}@{place}"), password.to_owned())
    }

    fn states(&self, folder: &str) -> Vec<(String, String)> {
        let found = self.home.run(["migrate", "status", folder, &self.target, "--format", "json"]).expect(0).json();
        assert_eq!(found["rowhouse_migrations"], 1);
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let rows = found["rows"].as_array().unwrap().iter();
        rows.map(|row| (text(&row["version"]), text(&row["state"]["state"]))).collect()
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if let Some((url, sql)) = &self.drop {
            self.home.run(["query", url, "-q", "--yes", "-c", sql]).expect(0);
        }
    }
}

fn write(folder: &str, files: &[(&str, &str)]) {
    fs::create_dir_all(folder).unwrap();
    for (name, text) in files {
        fs::write(Path::new(folder).join(name), text).unwrap();
    }
}

const SHOP: [(&str, &str); 6] = [
    (
        "10_people.up.sql",
        "CREATE TABLE people (id integer PRIMARY KEY, name varchar(40) NOT NULL);\nINSERT INTO people VALUES (1, 'Ann; Bob');\n",
    ),
    ("10_people.down.sql", "DROP TABLE people;\n"),
    (
        "20_orders.up.sql",
        "-- what people buy\nCREATE TABLE orders (id integer PRIMARY KEY, person integer NOT NULL REFERENCES people (id));\nCREATE INDEX orders_of ON orders (person);\n",
    ),
    ("20_orders.down.sql", "DROP TABLE orders;\n"),
    ("30_born.up.sql", "ALTER TABLE people ADD COLUMN born date;\n"),
    ("30_born.down.sql", "ALTER TABLE people DROP COLUMN born;\n"),
];

fn of(states: &[(&str, &str)]) -> Vec<(String, String)> {
    states.iter().map(|(version, state)| ((*version).to_owned(), (*state).to_owned())).collect()
}

#[test]
fn up_and_down_and_what_became_of_the_files() {
    let home = Home::new();
    for place in Place::all(&home, "there") {
        let folder = home.text(&format!("m{}", place.transactional));
        drop(fs::remove_dir_all(&folder));
        write(&folder, &SHOP);
        let migrate =
            |command: &str, more: &[&str]| home.run([&["migrate", command, &folder, &place.target], more].concat());
        let pending = [("10", "pending"), ("20", "pending"), ("30", "pending")];
        assert_eq!(place.states(&folder), of(&pending));
        migrate("status", &["--check"]).expect(1);

        let tried = migrate("up", &["--dry-run"]).expect(0);
        assert!(
            tried.out().contains("CREATE TABLE orders") && tried.out().contains("-- 10_people.up.sql: 2 statements"),
            "{}",
            tried.out()
        );
        assert_eq!(place.states(&folder), of(&pending), "a dry run leaves nothing");

        migrate("up", &["--to", "20", "--yes"]).expect(0).says(&["Applied 2 migrations"]);
        assert_eq!(place.states(&folder), of(&[("10", "applied"), ("20", "applied"), ("30", "pending")]));
        assert_eq!(place.ask("select name from people"), "Ann; Bob");
        migrate("up", &["--yes"]).expect(0).says(&["Applied 1 migration"]);
        migrate("status", &["--check"]).expect(0);
        migrate("up", &["--yes"]).expect(0).says(&["Nothing to do"]);

        write(&folder, &[("20_orders.up.sql", "-- changed\n"), ("5_early.sql", "SELECT 1;\n")]);
        fs::remove_file(Path::new(&folder).join("30_born.up.sql")).unwrap();
        fs::remove_file(Path::new(&folder).join("30_born.down.sql")).unwrap();
        let changed = [("5", "late"), ("10", "applied"), ("20", "drifted"), ("30", "missing")];
        assert_eq!(place.states(&folder), of(&changed));
        let text = migrate("status", &["--check"]).expect(1);
        assert!(
            text.out().contains("its file is another now") && text.out().contains("its file is missing"),
            "{}",
            text.out()
        );

        fs::remove_file(Path::new(&folder).join("5_early.sql")).unwrap();
        write(&folder, &SHOP);
        migrate("down", &["--yes"]).expect(0).says(&["Took back 1 migration"]);
        assert_eq!(place.states(&folder), of(&[("10", "applied"), ("20", "applied"), ("30", "pending")]));
        migrate("down", &["--to", "10", "--yes"]).expect(0).says(&["Took back 1 migration"]);
        assert_eq!(place.ask("select count(*) from people"), "1");
        migrate("down", &["--yes"]).expect(0).says(&["Took back 1 migration"]);
        assert_eq!(place.states(&folder), of(&pending));
        migrate("down", &["--yes"]).expect(0).says(&["Nothing to do"]);
    }
}

#[test]
fn a_failure_in_the_middle_is_known() {
    let home = Home::new();
    for place in Place::all(&home, "fails") {
        let folder = home.text(&format!("f{}", place.transactional));
        drop(fs::remove_dir_all(&folder));
        write(
            &folder,
            &[
                ("1_fine.sql", "CREATE TABLE fine (id integer);\n"),
                (
                    "2_odd.sql",
                    "CREATE TABLE half (id integer);\nALTER TABLE nobody ADD COLUMN x integer;\nCREATE TABLE never (id integer);\n",
                ),
                ("3_after.sql", "CREATE TABLE after_all (id integer);\n"),
            ],
        );
        let (address, password) = place.login();
        home.run(["connections", "add", &address, "--name", "shop", "--password-policy", "ask"]).expect(0);
        let run = |arguments: &[&str]| {
            let mut command = home.command(arguments);
            command.env("ROWHOUSE_PASSWORD", &password);
            crate::harness::ended(command)
        };
        let failed = run(&["migrate", "up", &folder, "shop", "--yes"]).expect(4);
        let failed = failed.says(&["2_odd.sql: statement 2 failed: ALTER TABLE nobody", "kept: 1", "nobody"]);
        let state = |version: &str| place.states(&folder).into_iter().find(|(own, _)| own == version).unwrap().1;
        assert_eq!((state("1").as_str(), state("3").as_str()), ("applied", "pending"));
        if place.transactional {
            assert!(failed.stderr.contains("nothing of this migration is kept"), "{}", failed.stderr);
            assert_eq!(state("2"), "pending");
        } else {
            assert!(failed.stderr.contains("its first statement is kept"), "{}", failed.stderr);
            let status = run(&["migrate", "status", &folder, "shop"]).expect(0);
            assert!(status.out().contains("failed; 1 of 3 statements are kept"), "{}", status.out());
            run(&["migrate", "up", &folder, "shop", "--yes"]).expect(2).says(&["settle"]);
            run(&["query", "shop", "-q", "--yes", "-c", "drop table half"]).expect(0);
            run(&["migrate", "settle", &folder, "shop", "2", "--as", "reverted"]).expect(0);
            assert_eq!(state("2"), "pending");
        }
        write(&folder, &[("2_odd.sql", "CREATE TABLE half (id integer);\nCREATE TABLE never (id integer);\n")]);
        run(&["migrate", "up", &folder, "shop", "--yes"]).expect(0).says(&["Applied 2 migrations"]);
        run(&["migrate", "status", &folder, "shop", "--check"]).expect(0);
        run(&["connections", "remove", "shop"]).expect(0);
    }
}

#[test]
fn statements_that_no_transaction_takes_run_by_themselves() {
    for server in servers().into_iter().filter(|server| server.major == 18) {
        let home = Home::new();
        let place = Place::postgres(&home, &server, "alone");
        let folder = home.text("alone");
        write(
            &folder,
            &[
                ("1_t.sql", "CREATE TABLE t (id int);\nDO $$ BEGIN INSERT INTO t VALUES (1); END $$;\n"),
                ("2_index.sql", "CREATE INDEX CONCURRENTLY t_id ON t (id);\n"),
            ],
        );
        let up = || home.run(["migrate", "up", &folder, &place.target, "--yes"]);
        up().expect(4).says(&["2_index.sql: statement 1 failed", "CONCURRENTLY"]);
        write(&folder, &[("2_index.sql", "-- no-transaction\nCREATE INDEX CONCURRENTLY t_id ON t (id);\n")]);
        up().expect(0).says(&["statement by statement", "Applied 1 migration"]);
        assert_eq!(place.ask("select indisvalid from pg_index where indexrelid = 't_id'::regclass"), "t");
        write(&folder, &[("3_ends.sql", "CREATE TABLE u (id int);\nCOMMIT;\nCREATE TABLE v (id int);\n")]);
        let refused = up();
        assert!(refused.code != Some(0) && refused.stderr.contains("transaction"), "{refused:?}");
        assert_eq!(place.ask("select to_regclass('u') is null"), "t", "nothing of it was sent");
    }
}

#[test]
fn read_only_connections_apply_nothing() {
    let home = Home::new();
    let file = home.sqlite("closed.db", "create table unrelated (id integer)");
    home.run(["connections", "add", &file, "--name", "closed", "--safety", "read-only"]).expect(0);
    let folder = home.text("m");
    write(&folder, &SHOP);
    home.run(["migrate", "up", &folder, "closed", "--yes"]).expect(5).says(&["read-only"]);
    home.run(["migrate", "status", &folder, "closed"]).expect(0);
    for asked in ["status", "up"] {
        home.run(["migrate", asked, &home.text("nowhere"), &file]).expect(7).says(&["nowhere"]);
    }
}

#[test]
fn migrations_are_written_in_order() {
    let home = Home::new();
    let folder = home.text("new/migrations");
    let up = b"ALTER TABLE people ADD COLUMN note text;\n";
    let first = home.fed(["migrate", "create", &folder, "People have notes: é / etc", "--up", "-"], up).expect(0);
    let files: Vec<&str> = first.out().lines().collect();
    assert!(
        files.len() == 1 && files[0].ends_with("_people_have_notes_é_etc.sql"),
        "one without a way back: {files:?}"
    );
    fs::write(home.path("down.sql"), "ALTER TABLE people DROP COLUMN note;\n").unwrap();
    let more = ["migrate", "create", &folder, "again", "--up", "-", "--down", "down.sql"];
    let second = home.fed(more, up).expect(0);
    assert_eq!(second.out().lines().count(), 2, "{}", second.out());
    home.run(["migrate", "create", &folder, "nothing"]).expect(2);
}

#[test]
fn a_folder_is_checked_on_a_database_of_its_own() {
    let home = Home::new();
    for place in Place::all(&home, "check") {
        let folder = home.text(&format!("c{}", place.transactional));
        drop(fs::remove_dir_all(&folder));
        write(&folder, &SHOP);
        let check =
            |more: &[&str]| home.run([&["migrate", "check", &folder, "--scratch", &place.target], more].concat());
        let fine = check(&[]).expect(0);
        assert_eq!(fine.out().matches("up, down and up again").count(), 3, "{}", fine.out());
        write(&folder, &[("20_orders.down.sql", "SELECT 1;\n")]);
        let odd = check(&[]).expect(1);
        let (first, rest) =
            odd.out().split_once("20_orders.up.sql: its down does not bring back what was there:\n").unwrap();
        assert!(
            first.contains("10_people.up.sql: up, down and up again") && rest.contains("orders is left"),
            "{}",
            odd.out()
        );
        assert!(rest.contains("30_born.up.sql: up, down and up again"), "what comes next is tried too: {rest}");
        write(&folder, &[("20_orders.up.sql", "CREATE TABLE orders (id")]);
        let broken = check(&["--format", "json"]).expect(1).json();
        assert_eq!(broken["rowhouse_migrations_check"], 1);
        assert!(broken["versions"].to_string().contains("failed"), "{broken}");
        let tables = home.run(["schema", &place.target]).expect(0).json();
        // A server has other tests' databases too.
        let own = |one: &&serde_json::Value| {
            let schemas = ["public", "main", "rh_cli_migrate_check"];
            schemas.iter().any(|schema| one["schema"] == *schema) && one["name"] != "unrelated"
        };
        let found: Vec<_> = tables["relations"].as_array().unwrap().iter().filter(own).collect();
        assert!(found.is_empty(), "the target itself is left alone: {found:#?}");
    }
}

#[test]
fn histories_of_other_tools_are_read() {
    for server in servers().into_iter().filter(|server| server.major == 18) {
        let home = Home::new();
        let place = Place::postgres(&home, &server, "others");
        place.ask(
            "create table flyway_schema_history (installed_rank integer primary key, version varchar(50), description varchar(200) not null, \
             type varchar(20) not null, script varchar(1000) not null, checksum integer, installed_by varchar(100) not null, \
             installed_on timestamp not null default now(), execution_time integer not null, success boolean not null); \
             insert into flyway_schema_history values (1, '1', 'people', 'SQL', 'V1__people.sql', 42, 'ann', '2026-01-02 03:04:05', 7, true), \
             (2, '1.1', 'broken', 'SQL', 'V1_1__broken.sql', 43, 'ann', '2026-01-02 03:04:06', 7, false); \
             create table ar_internal_metadata (key varchar primary key, value varchar, created_at timestamp not null, updated_at timestamp not null); create table schema_migrations (version varchar primary key); insert into schema_migrations values ('20260101000000')",
        );
        let text = home.run(["migrate", "history", &place.target]).expect(0);
        for part in ["flyway_schema_history", "Flyway", "schema_migrations", "Rails", "20260101000000"] {
            assert!(text.out().contains(part), "{part} in {}", text.out());
        }
    }
}
