//! What docs/support.md says of databases is what the suites found: the records beside this file (`contract/`) are compared by every
//! run of a driver's conformance suite, and the page's tables are made of them.
//!
//! `ROWHOUSE_UPDATE_SUPPORT=1` writes the page; `INSTA_UPDATE=always` writes the records.
#![allow(clippy::panic, reason = "a record with an unknown verdict fails the test")]

use std::{collections::BTreeMap, fs, path::Path};

const BEGIN: &str = "<!-- made of tests/contract by tests/support.rs -->\n";
const END: &str = "<!-- end -->\n";

/// Tests in which no server is asked: whose, of what, and where they are.
const SCRIPTED: &[(&str, &str, &[&str])] = &[
    (
        "SQL Server",
        "TDS: sessions, results, catalog, activity",
        &[
            "crates/drivers/mssql/tests/wire.rs",
            "crates/drivers/mssql/tests/session.rs",
            "crates/drivers/mssql/tests/catalog.rs",
            "crates/drivers/mssql/tests/activity.rs",
            "crates/drivers/mssql/tests/tunnel.rs",
        ],
    ),
    (
        "SQL Server",
        "plans, pages, edits, definitions and policies without a connection",
        &[
            "crates/drivers/mssql/src/explain/tests.rs",
            "crates/drivers/mssql/src/scan/tests.rs",
            "crates/drivers/mssql/src/edit/tests.rs",
            "crates/drivers/mssql/src/policies.rs",
        ],
    ),
    (
        "MongoDB",
        "members of replica sets, elections, refusals, older and newer servers",
        &["crates/drivers/mongodb/tests/scripted.rs"],
    ),
    ("Redis", "servers of another kind or version", &["crates/drivers/redis/tests/strange.rs"]),
];

/// How many tests a file has.
fn claims(path: &Path) -> usize {
    let text = fs::read_to_string(path).expect("the tests of a scripted server");
    text.lines().map(str::trim).filter(|line| *line == "#[test]" || line.starts_with("#[tokio::test")).count()
}

/// What the suite found at one server, by one way.
struct Record {
    name: String,
    title: String,
    passed: usize,
    /// Cases and why they were not looked at, by verdict.
    others: BTreeMap<String, Vec<String>>,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the checkout")
}

fn records() -> Vec<Record> {
    let folder = root().join("tests/contract");
    let mut files: Vec<_> =
        fs::read_dir(folder).expect("the records").map(|entry| entry.expect("a record").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "snap"));
    files.sort();
    files.iter().map(|path| record(path)).collect()
}

fn record(path: &Path) -> Record {
    let text = fs::read_to_string(path).expect("a record");
    let body = text.splitn(3, "---\n").nth(2).expect("a record with its head");
    let mut lines = body.lines();
    let title = lines.next().expect("a title").to_owned();
    let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
    let mut record = Record { name, title, passed: 0, others: BTreeMap::new() };
    for line in lines.filter(|line| !line.is_empty()) {
        let (verdict, case) = line.split_once(' ').expect("a verdict");
        match verdict {
            "passed" => record.passed += 1,
            "absent" | "unverifiable" => {
                record.others.entry(verdict.to_owned()).or_default().push(case.trim().to_owned())
            }
            other => panic!("{}: {other} is on record", record.name),
        }
    }
    record
}

fn page(records: &[Record]) -> String {
    let mut page = String::from(BEGIN);
    page.push_str("\n| Run as | Server | Passed | Absent | Not looked at |\n|---|---|---|---|---|\n");
    for Record { name, title, passed, others } in records {
        let count = |verdict: &str| others.get(verdict).map_or(0, Vec::len);
        page.push_str(&format!(
            "| `{name}` | {title} | {passed} | {} | {} |\n",
            count("absent"),
            count("unverifiable")
        ));
    }
    page.push_str("\nWhat a server or its driver does not have, and what could not be looked at, by the first record that says so:\n\n");
    let mut told: Vec<&str> = Vec::new();
    for record in records {
        let server = record.name.split('-').next().unwrap_or(&record.name);
        if told.contains(&server) {
            continue;
        }
        told.push(server);
        for (verdict, cases) in &record.others {
            let word = if verdict == "absent" { "absent" } else { "not looked at" };
            cases.iter().for_each(|case| page.push_str(&format!("* `{}`, {word}: {case}\n", record.name)));
        }
    }
    page.push_str(
        "\nScripted: a server that plays what the protocol's description says. What passes there is a claim about what is sent and \
         read, not about a server.\n\n| Driver | Of | Claims |\n|---|---|---|\n",
    );
    for (driver, of, files) in SCRIPTED {
        let claims: usize = files.iter().map(|file| claims(&root().join(file))).sum();
        page.push_str(&format!("| {driver} | {of} | {claims} |\n"));
    }
    page.push('\n');
    page.push_str(END);
    page
}

#[test]
fn what_is_supported_is_what_the_suites_found() {
    let path = root().join("docs/support.md");
    let text = fs::read_to_string(&path).expect("docs/support.md");
    let (before, rest) = text.split_once(BEGIN).expect("the place of the tables");
    let (_, after) = rest.split_once(END).expect("the end of the tables");
    let records = records();
    assert!(!records.is_empty(), "nothing is on record");
    let wanted = format!("{before}{}{after}", page(&records));
    if std::env::var("ROWHOUSE_UPDATE_SUPPORT").as_deref() == Ok("1") {
        fs::write(&path, &wanted).expect("the page");
    }
    assert!(
        fs::read_to_string(&path).expect("docs/support.md") == wanted,
        "docs/support.md is not what the suites found: ROWHOUSE_UPDATE_SUPPORT=1 writes it"
    );
}
