use super::*;
use crate::File;

fn at() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_795_339_800).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

fn names(folder: &[&str], down: &str) -> Vec<String> {
    let files: Vec<File> =
        folder.iter().map(|path| File { path: (*path).to_owned(), bytes: b"select 1;".to_vec() }).collect();
    let folder = Folder::read("db", &files);
    let files = written(&folder, "Add Invoices!", ("create table i (a int)", down), &[], at(), Some(Engine::Postgres));
    files.map(|files| files.into_iter().map(|file| file.name).collect()).unwrap_or_else(|why| vec![why.words])
}

#[test]
fn names_go_on_as_the_folder_does() {
    assert_eq!(names(&[], "drop"), ["20261122093000_add_invoices.up.sql", "20261122093000_add_invoices.down.sql"]);
    assert_eq!(names(&["20261122093000_x.sql"], ""), ["20261122093001_add_invoices.sql"]);
    assert_eq!(names(&["20300101000000_x.sql"], ""), ["20300101000001_add_invoices.sql"]);
    assert_eq!(names(&["0001_x.up.sql", "0009_y.up.sql"], ""), ["0010_add_invoices.up.sql"], "nothing takes it back");
    assert_eq!(names(&[], " \n"), ["20261122093000_add_invoices.sql"]);
    assert_eq!(names(&["V1__x.sql"], ""), ["The folder is Flyway's: migrations of it are written by Flyway."]);
    assert_eq!(snake_case("  Größe & Farbe/../ "), "größe_farbe");
    assert_eq!(snake_case("../.."), "");
}

#[test]
fn what_stays_alone_and_what_is_lost_is_written() {
    let loses = ["public.t: its rows cannot be brought back.".to_owned()];
    let up = "create index concurrently i on t (a)";
    let files = written(&Folder::read("db", &[]), "x", (up, "drop index i"), &loses, at(), Some(Engine::Postgres));
    let texts: Vec<String> = files.map(|files| files.into_iter().map(|file| file.text).collect()).unwrap_or_default();
    assert_eq!(
        texts,
        [
            "-- no-transaction\ncreate index concurrently i on t (a)\n",
            "-- Not brought back: public.t: its rows cannot be brought back.\ndrop index i\n"
        ]
    );
}

#[test]
fn transactions_of_a_script_are_those_of_its_migration() {
    let text = |up: &str, engine| headed(up, Some(engine), "");
    assert_eq!(
        text("BEGIN;\n-- Loses x.\nalter table t drop x;\nCOMMIT;\n", Engine::Postgres),
        "-- Loses x.\nalter table t drop x;\n"
    );
    let apart = "BEGIN;\nselect 1;\nCOMMIT;\ncreate index concurrently i on t (a);\n";
    assert_eq!(text(apart, Engine::Postgres), format!("-- no-transaction\n{apart}"));
    let anew = "PRAGMA foreign_keys = OFF;\nBEGIN;\ndrop table t;\nCOMMIT;\n";
    assert_eq!(text(anew, Engine::Sqlite), format!("-- no-transaction\n{anew}"));
}
