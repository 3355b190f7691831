//! The driver contract, case by case, on a real file.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::{path::Path, sync::Arc, time::Duration};

use arrow_schema::DataType;
use async_trait::async_trait;
use catalog::ObjectKey;
use driver::{
    Driver, Profile, SessionState, Span,
    conformance::{
        ErrorText, Gap, Login, Offer, Paging, Probe, ScriptText, Subject, Texts, Transactions, ValueText, Verdict,
        Writing, suite,
    },
};
use driver_sqlite::Sqlite;

const NUMBERS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n";

struct File {
    folder: tempfile::TempDir,
    texts: Texts,
}

fn failing(setup: &[&str], statement: &str, word: Option<&str>) -> Offer<ErrorText> {
    let span = word.map(|word| {
        let start = statement.find(word).unwrap();
        Span { start, end: start + word.len() }
    });
    let setup = setup.iter().map(|text| (*text).to_owned()).collect();
    Ok(ErrorText { setup, statement: statement.to_owned(), span })
}

/// Declared type, literal, and the value as the shell prints it (reals with all their digits).
const VALUES: [(&str, &str, Option<&[u8]>); 22] = [
    ("INTEGER", "9223372036854775807", Some(b"9223372036854775807")),
    ("INTEGER", "-9223372036854775807 - 1", Some(b"-9223372036854775808")),
    ("INTEGER", "'not a number'", Some(b"not a number")),
    ("SMALLINT", "'007'", Some(b"7")),
    ("REAL", "1", Some(b"1.0")),
    ("REAL", "0.1", Some(b"0.1")),
    ("REAL", "0.1 + 0.2", Some(b"0.30000000000000004")),
    ("DOUBLE", "1e20", Some(b"1.0e+20")),
    ("DOUBLE", "-1e999", Some(b"-Inf")),
    ("DOUBLE", "1e-7", Some(b"1.0e-07")),
    ("DECIMAL(10,2)", "'12.50'", Some(b"12.5")),
    ("DECIMAL(10,2)", "'12.00'", Some(b"12")),
    ("TEXT", "12.50", Some(b"12.5")),
    ("TEXT", "'é🚀'", Some("é🚀".as_bytes())),
    ("VARCHAR(3)", "'longer'", Some(b"longer")),
    ("TEXT", "CAST(x'61ff' AS TEXT)", Some(b"a\xff")),
    ("TEXT", "CAST(x'610062' AS TEXT)", Some(b"a\0b")),
    ("BLOB", "x'00ff'", Some(b"\x00\xff")),
    ("BOOLEAN", "true", Some(b"1")),
    ("DATE", "'2024-02-29'", Some(b"2024-02-29")),
    ("JSON", "'{\"a\":  1.0}'", Some(b"{\"a\":  1.0}")),
    ("", "NULL", None),
];

fn new() -> File {
    let folder = tempfile::tempdir().unwrap();
    let declared: Vec<String> = VALUES.iter().enumerate().map(|(i, (name, ..))| format!("c{i} {name}")).collect();
    let literals: Vec<&str> = VALUES.iter().map(|(_, literal, _)| *literal).collect();
    rusqlite::Connection::open(folder.path().join("shop.db"))
        .unwrap()
        .execute_batch(&format!(
            "CREATE TABLE every ({}); INSERT INTO every VALUES ({})",
            declared.join(", "),
            literals.join(", ")
        ))
        .unwrap();
    let values = VALUES
        .iter()
        .enumerate()
        .map(|(index, (native_type, _, expected))| ValueText {
            statement: format!("SELECT c{index} FROM every"),
            native_type: (*native_type).to_owned(),
            data_type: DataType::Binary,
            expected: expected.map(<[u8]>::to_vec),
        })
        .collect();
    let columns: Vec<String> = (0..2000).map(|index| format!("{index} AS c{index}")).collect();
    let paged = "paged \"table\".x";
    let quoted = "\"paged \"\"table\"\".x\"";
    let texts = Texts {
        one: "SELECT 1".into(),
        script: Ok(ScriptText {
            text: "CREATE TEMP TABLE s(a); -- one;\nINSERT INTO s VALUES ('a;b'), ('c');\nCREATE TEMP TRIGGER r AFTER INSERT ON s BEGIN SELECT 1; SELECT 2; END;\nSELECT group_concat(a, ';') FROM s".into(),
            statements: 4,
            last: "a;b;c".into(),
        }),
        several_results: Gap::absent("a statement of SQLite has one result at most"),
        empty_result: Ok((
            "SELECT c0 AS first, c1, 1 + 1 AS \"sum\" FROM every WHERE 0".into(),
            vec!["first".into(), "c1".into(), "sum".into()],
        )),
        no_columns: Gap::absent("a SELECT of SQLite has a column at least"),
        values: Ok(values),
        nulls: Ok("SELECT NULL, ''".into()),
        notice: Gap::absent("SQLite comments on nothing"),
        listening: Gap::absent("a file tells nobody of changes"),
        parameters: Ok("SELECT ?, ?2".into()),
        parameter_status: Gap::absent("SQLite reports no parameters"),
        syntax_error: failing(&[], "SELECT 1 FROMM every WHERE", Some("every")),
        missing_relation: failing(&[], "SELECT * FROM nowhere", Some("nowhere")),
        unique_violation: failing(
            &["CREATE TEMP TABLE u(a UNIQUE)", "INSERT INTO u VALUES (1)"],
            "INSERT INTO u VALUES (1)",
            None,
        ),
        hint: failing(
            &[
                "PRAGMA foreign_keys = ON",
                "CREATE TEMP TABLE p(a INTEGER PRIMARY KEY)",
                "CREATE TEMP TABLE q(a REFERENCES p)",
            ],
            "INSERT INTO q VALUES (1)",
            None,
        ),
        transactions: Ok(Transactions { begin: "BEGIN".into(), commit: "COMMIT".into(), rollback: "ROLLBACK".into() }),
        failed_transaction: Gap::absent("an error leaves a transaction of SQLite open, or ends it"),
        sleep: Ok(format!("{NUMBERS}) SELECT i FROM n WHERE i < 0")),
        endless: Ok(format!("{NUMBERS}) SELECT i, 'row ' || i FROM n")),
        million_rows: Ok(format!("{NUMBERS} LIMIT 1000000) SELECT i, i * 7, i / 3.0, 'customer ' || i FROM n")),
        trickle: Ok((
            "SELECT value, (WITH RECURSIVE w(j) AS (SELECT value UNION ALL SELECT j + 1 FROM w LIMIT 1500000) \
             SELECT max(j) FROM w) FROM json_each('[1, 2, 3, 4, 5, 6]')"
                .into(),
            6,
        )),
        widest: Ok((format!("SELECT {}", columns.join(", ")), 2000)),
        large_cell: Ok(("SELECT zeroblob(67108864)".into(), 64 << 20)),
        probe: Ok(Probe {
            setup: vec!["CREATE TEMP TABLE own(a)".into(), "INSERT INTO own VALUES ('mine')".into()],
            check: "SELECT a FROM own".into(),
            expected: "mine".into(),
        }),
        writing: Ok(Writing {
            setup: vec!["CREATE TABLE written(a)".into()],
            write: "INSERT INTO written VALUES (1)".into(),
            check: "SELECT count(*) FROM written".into(),
            unchanged: "0".into(),
        }),
        paging: Ok(Paging {
            setup: vec![
                format!("CREATE TABLE {quoted}(a, b, PRIMARY KEY (a, b))"),
                format!("INSERT INTO {quoted} {NUMBERS} LIMIT 1000) SELECT nullif(i % 7, 3), CASE WHEN i % 5 THEN i END FROM n"),
            ],
            relation: ObjectKey::relation(Some("shop.db"), Some("main"), paged),
            rows: 1000,
            read: format!("select * from {quoted}"),
        }),
        definition: Ok((ObjectKey::relation(Some("shop.db"), Some("main"), "every"), "c10 DECIMAL(10,2)".into())),
    };
    File { folder, texts }
}

impl File {
    fn login_to(&self, name: &str) -> Login {
        let path = self.folder.path().join(name);
        let mut profile = Profile { name: "file".into(), driver: "sqlite".into(), ..Profile::default() };
        profile.values.insert("file".into(), path.to_str().unwrap().into());
        Login { profile, password: None }
    }
}

/// Processor time of the threads that sessions run on, in ticks; `None` where the system does not tell.
fn session_ticks() -> Option<u64> {
    let mut ticks = 0;
    for thread in std::fs::read_dir(Path::new("/proc/self/task")).ok()? {
        let text = std::fs::read_to_string(thread.ok()?.path().join("stat")).unwrap_or_default();
        let Some((name, fields)) = text.rsplit_once(')') else { continue };
        if !name.contains("sqlite session") {
            continue;
        }
        let fields: Vec<&str> = fields.split_whitespace().collect();
        ticks += [11, 12].iter().filter_map(|index| fields.get(*index)?.parse::<u64>().ok()).sum::<u64>();
    }
    Some(ticks)
}

#[async_trait]
impl Subject for File {
    fn driver(&self) -> Arc<dyn Driver> {
        Arc::new(Sqlite)
    }

    fn expected_version(&self) -> &str {
        rusqlite::version()
    }

    fn login(&self) -> Login {
        self.login_to("shop.db")
    }

    fn wrong_password(&self) -> Offer<Login> {
        Gap::absent("a file has no password")
    }

    fn unknown_host(&self) -> Offer<Login> {
        Gap::absent("a file has no host")
    }

    fn refused_port(&self) -> Offer<Login> {
        Gap::absent("a file has no port")
    }

    fn unknown_database(&self) -> Offer<Login> {
        Ok(self.login_to("missing.db"))
    }

    fn texts(&self) -> &Texts {
        &self.texts
    }

    fn split(&self, script: &str) -> Vec<String> {
        sql::split(script, sql::dialect::sqlite()).iter().map(|part| part.text(script).to_owned()).collect()
    }

    /// A session at work burns processor time on its own thread.
    async fn is_active(&self, _session: &SessionState) -> Offer<bool> {
        let Some(before) = session_ticks() else {
            return Gap::unverifiable("this system does not tell threads' times");
        };
        tokio::time::sleep(Duration::from_millis(250)).await;
        Ok(session_ticks().unwrap_or(0) >= before + 4)
    }

    async fn kill(&self, _session: &SessionState) -> Offer<()> {
        Gap::absent("there is no server that could die")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_keeps_the_contract() {
    let report = suite(&new()).await;
    eprintln!("{report}");
    on_record(&report, "sqlite");
    let unverified = report.cases.iter().filter(|case| matches!(case.verdict, Verdict::Unverifiable(_))).count();
    assert!(unverified == 0 || !cfg!(target_os = "linux"), "{unverified} cases were not looked at");
}

/// What the suite found is on record, and docs/support.md is made of that.
fn on_record(report: &driver::conformance::Report, name: &str) {
    report.assert();
    let folder = "../../../../tests/contract";
    insta::with_settings!({ snapshot_path => folder, prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, report.record());
    });
}
