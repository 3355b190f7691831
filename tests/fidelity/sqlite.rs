//! SQLite and its shell.

use std::{
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
    sync::Arc,
};

use catalog::ObjectKey;
use driver::{Cast, ConnectContext, Connection, Driver, Profile};
use driver_sqlite::Sqlite as SqliteDriver;
use tempfile::TempDir;

use crate::{
    CLOCKS, ZONES,
    desk::{Engine, Printed},
};

const NULL: &str = "\u{1}NULL\u{1}";

/// Declared types and literals: of each, values of every storage class, as SQLite lets them be mixed.
const TYPES: &[(&str, &[&str])] = &[
    ("INTEGER", &["9223372036854775807", "-9223372036854775808", "0", "'text'", "X'6162'", "1.5", "''"]),
    ("REAL", &["0.1", "-1.5", "100.0", "1e20", "'text'", "7"]),
    ("NUMERIC", &["1.10", "12345678901234567", "'1.50x'", "-0.25"]),
    ("TEXT", &["'a'", "'A'", "'a '", "''", "'NULL'", "'it''s \\ \"q\"'", "'é🚀'", "'1.0'", "X'6162'"]),
    ("BLOB", &["X'4142'", "'text'", "12", "1.5", "X''"]),
    ("", &["1", "'1'", "1.5", "X'31'"]),
    ("VARCHAR(3) COLLATE NOCASE", &["'a'", "'A'", "'longer'"]),
    ("DATETIME", &["'2024-03-31 02:30:00'", "1711848600", "2460400.5"]),
    ("BOOLEAN", &["1", "0", "'t'"]),
    ("JSON", &["'{\"b\": 1,  \"a\": 1.0, \"a\": 1.00}'", "'[1.10]'"]),
    ("DECIMAL(10,2)", &["1.10", "'9999999999999999.10'"]),
];

pub struct Sqlite {
    folder: TempDir,
}

impl Sqlite {
    pub fn prepare() -> Option<Sqlite> {
        if Command::new("sqlite3").arg("-version").output().is_err() {
            assert!(!tests::servers::required(), "sqlite3 is required");
            eprintln!("SKIPPED fidelity: no sqlite3");
            return None;
        }
        let engine = Sqlite { folder: TempDir::new().unwrap() };
        let columns: Vec<String> =
            TYPES.iter().enumerate().map(|(place, (native, _))| format!("c{place} {native}")).collect();
        let columns = columns.join(", ");
        let mut script = format!(
            "create table every (id integer primary key, other integer, {columns});
             create table copied (id integer primary key, other integer, {columns});\n"
        );
        let longest = TYPES.iter().map(|(_, values)| values.len()).max().unwrap();
        for row in 0..=longest {
            let (mut names, mut values) = (vec!["id".to_owned()], vec![row.to_string()]);
            for (place, value) in TYPES.iter().enumerate().filter_map(|(place, (_, of))| Some((place, of.get(row)?))) {
                names.push(format!("c{place}"));
                values.push((*value).to_owned());
            }
            script.push_str(&format!("insert into every ({}) values ({});\n", names.join(", "), values.join(", ")));
        }
        engine.run("UTC", &script);
        Some(engine)
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("fidelity.db")
    }

    fn shell(&self, zone: &str, text: &str) -> Vec<u8> {
        let place = ZONES.iter().position(|known| *known == zone).unwrap_or(0);
        let mut child = Command::new("sqlite3")
            .args([
                "-batch",
                "-bail",
                "-noheader",
                "-list",
                "-separator",
                "\u{1f}",
                "-newline",
                "\u{1e}",
                "-nullvalue",
                NULL,
            ])
            .arg(self.file())
            .env("TZ", CLOCKS[place])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        let text = text.to_owned();
        let writing = std::thread::spawn(move || input.write_all(text.as_bytes()));
        let output = child.wait_with_output().unwrap();
        writing.join().unwrap().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }
}

impl Engine for Sqlite {
    async fn connect(&self, _zone: &str) -> Arc<dyn Connection> {
        let file = self.file().to_string_lossy().into_owned();
        let profile = Profile {
            name: "fidelity".to_owned(),
            driver: "sqlite".to_owned(),
            values: [("file".to_owned(), file)].into_iter().collect(),
        };
        SqliteDriver.connect(&profile, ConnectContext::unattended(None)).await.unwrap()
    }

    fn settings(&self, _zone: &str) -> Vec<String> {
        Vec::new()
    }

    fn relation(&self) -> ObjectKey {
        ObjectKey::relation(None, Some("main"), "every")
    }

    fn names(&self) -> (String, String) {
        ("every".to_owned(), "copied".to_owned())
    }

    fn types(&self) -> Vec<String> {
        TYPES.iter().map(|(native, _)| (*native).to_owned()).collect()
    }

    fn printed(&self, zone: &str, table: &str) -> Printed {
        let output = self.shell(zone, &format!("SELECT * FROM {table} ORDER BY id;\n"));
        let value = |field: &[u8]| (field != NULL.as_bytes()).then(|| field.to_vec());
        let rows = output.split(|byte| *byte == 0x1e).filter(|row| !row.is_empty());
        rows.map(|row| row.split(|byte| *byte == 0x1f).map(value).collect()).collect()
    }

    fn run(&self, zone: &str, script: &str) {
        self.shell(zone, script);
    }

    fn cast(&self) -> &'static dyn Cast {
        SqliteDriver.cast()
    }
}
