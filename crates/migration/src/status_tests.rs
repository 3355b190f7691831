use super::*;
use crate::File;

fn folder(files: &[(&str, &str)]) -> Folder {
    let files: Vec<File> =
        files.iter().map(|(path, text)| File { path: (*path).to_owned(), bytes: text.as_bytes().to_vec() }).collect();
    Folder::read("db", &files)
}

fn applied(version: &str, checksum: Option<String>) -> Applied {
    Applied {
        version: version.to_owned(),
        name: String::new(),
        checksum,
        at_ms: None,
        took_ms: None,
        ended: Ended::Applied,
        kind: None,
    }
}

fn states(rows: &[Row]) -> Vec<(&str, State)> {
    rows.iter().map(|row| (row.version.as_str(), row.state.clone())).collect()
}

#[test]
fn a_folder_and_a_history_are_laid_beside_each_other() {
    let folder = folder(&[("1_a.sql", "a"), ("2_b.sql", "b"), ("3_c.sql", "c"), ("5_e.sql", "e"), ("6_f.sql", "f")]);
    let sum = |place: usize| folder.migrations[place].checksum.clone();
    let mut failed = applied("5", sum(3));
    failed.ended = Ended::Failed;
    let history =
        [applied("1", sum(0)), applied("3", Some("00".to_owned())), applied("4", Some("11".to_owned())), failed];
    let rows = status(Some(&folder), &history, Tool::Sqlx);
    let drifted = State::Drifted { applied: "00".to_owned(), file: sum(2).unwrap_or_default() };
    assert_eq!(
        states(&rows),
        [
            ("1", State::Applied),
            ("2", State::Late),
            ("3", drifted),
            ("4", State::Missing),
            ("5", State::Failed),
            ("6", State::Pending)
        ]
    );
    let alone = status(None, &history, Tool::Sqlx);
    assert_eq!(alone.len(), 4);
    assert_eq!(alone[0].state, State::Applied);
}

#[test]
fn flyway_speaks_last_and_has_a_baseline() {
    let folder = folder(&[("V1__a.sql", "a"), ("V2__b.sql", "b"), ("V3__c.sql", "c"), ("R__v.sql", "v")]);
    let row = |version: &str, kind: &str, ended| Applied {
        ended,
        kind: Some(kind.to_owned()),
        name: if version.is_empty() { "v".to_owned() } else { String::new() },
        ..applied(version, None)
    };
    let history = [
        row("1", "BASELINE", Ended::Applied),
        row("2", "SQL", Ended::Applied),
        row("3", "SQL", Ended::Applied),
        row("3", "UNDO_SQL", Ended::Reverted),
        row("", "SQL", Ended::Applied),
    ];
    let rows = status(Some(&folder), &history, Tool::Flyway);
    assert_eq!(
        states(&rows),
        [("1", State::Applied), ("2", State::Applied), ("3", State::Pending), ("", State::Applied)]
    );
}

#[test]
fn prisma_tries_again_and_drizzle_goes_by_its_journal() {
    let prisma = folder(&[("1_a/migration.sql", "a"), ("2_b/migration.sql", "b")]);
    let row = |version: &str, ended| Applied { ended, ..applied(version, None) };
    let history = [row("1_a", Ended::Applied), row("2_b", Ended::Reverted), row("2_b", Ended::Failed)];
    assert_eq!(
        states(&status(Some(&prisma), &history, Tool::Prisma)),
        [("1_a", State::Applied), ("2_b", State::Failed)]
    );
    assert_eq!(
        states(&status(Some(&prisma), &history[..2], Tool::Prisma)),
        [("1_a", State::Applied), ("2_b", State::Pending)]
    );
    let journal = r#"{"entries":[{"when":20,"tag":"0000_z"},{"when":10,"tag":"0001_a"}]}"#;
    let drizzle = folder(&[("meta/_journal.json", journal), ("0000_z.sql", "z"), ("0001_a.sql", "a")]);
    let sum = drizzle.migrations[0].checksum.clone();
    assert_eq!(
        states(&status(Some(&drizzle), &[applied("20", sum)], Tool::Drizzle)),
        [("0000_z", State::Applied), ("0001_a", State::Pending)]
    );
}
