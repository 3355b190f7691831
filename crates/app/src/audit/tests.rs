#![allow(clippy::unwrap_used, clippy::panic)]
use super::*;
use crate::{
    api::{AuditFormat, Settings},
    history::Ending,
    testing,
};

fn sending(text: &str) -> Sending<'_> {
    Sending {
        profile_id: Some("p"),
        profile_name: "production",
        database: Some("shop"),
        text,
        language: postgres(),
        file: None,
        acting: None,
    }
}

async fn ran(app: &App, text: &str, ending: Ending<'_>) {
    let recorded = app.history_begin(sending(text)).await.unwrap();
    app.history_finish(recorded, ending, 12).await.unwrap();
}

async fn all(app: &App) -> Vec<AuditEntry> {
    app.audit(AuditQuery { limit: 100, ..AuditQuery::default() }).await.unwrap()
}

const DONE: Ending<'static> = Ending::Completed { rows: Some(3) };

#[tokio::test]
async fn what_changes_something_is_recorded_with_its_kind_and_what_reads_is_not() {
    let home = testing::home();
    let app = testing::open(&home).await;
    for reads in
        ["select * from t", "set work_mem = '1MB'", "begin", "explain update t set a = 1", "show all", "listen x"]
    {
        ran(&app, reads, DONE).await;
    }
    assert_eq!(all(&app).await, []);
    let cases = [
        ("update public.orders set total = 0", AuditKind::Write, "public.orders"),
        ("with gone as (delete from lines returning *) select * from gone", AuditKind::Write, "lines"),
        ("explain analyze delete from orders", AuditKind::Write, "orders"),
        ("create table fresh (id int)", AuditKind::Schema, "fresh"),
        ("drop table fresh", AuditKind::Schema, "fresh"),
        ("create policy own on orders using (true)", AuditKind::Access, "orders"),
        ("grant select on orders to app", AuditKind::Access, ""),
        ("alter role app nologin", AuditKind::Access, ""),
        ("copy orders to stdout", AuditKind::Export, ""),
        ("copy orders from stdin", AuditKind::Write, ""),
        ("select * into taken from orders", AuditKind::Schema, "taken"),
    ];
    for (text, kind, target) in cases {
        ran(&app, text, DONE).await;
        let entry = all(&app).await.remove(0);
        assert_eq!((entry.text.as_str(), entry.kind), (text, kind));
        let named = entry.targets.iter().any(|one| one.contains(target));
        assert!(target.is_empty() || named, "{text}: {:?}", entry.targets);
        assert_eq!((entry.outcome.as_deref(), entry.rows), (Some("completed"), Some(3)));
    }
}

#[tokio::test]
async fn lines_are_only_added_and_a_statement_that_never_ended_keeps_its_own() {
    let home = testing::home();
    let app = testing::open(&home).await;
    drop(app.history_begin(sending("delete from orders")).await.unwrap());
    let failed = Ending::Failed { message: "permission denied", code: Some("42501") };
    ran(&app, "alter role app password 'hunter2'", failed).await;
    let lines = all(&app).await;
    assert_eq!(lines[1].outcome, None, "nobody knows how it ended");
    assert_eq!(lines[0].error.as_deref(), Some("permission denied (42501)"));
    assert!(!lines[0].text.contains("hunter2"), "{}", lines[0].text);
    for change in ["UPDATE audit SET text = 'nothing'", "DELETE FROM audit", "DELETE FROM audit WHERE id = 1"] {
        let mut write = app.store.write().await.unwrap();
        assert!(sqlx::query(change).execute(&mut *write).await.is_err(), "{change}");
    }
    app.forget_history(None).await.unwrap();
    assert_eq!(all(&app).await, lines, "the history is another matter");
}

#[tokio::test]
async fn it_is_searched_paged_and_forgotten_from_its_beginning() {
    let home = testing::home();
    let app = testing::open(&home).await;
    for number in 0..5 {
        ran(&app, &format!("insert into t{number} values (1)"), DONE).await;
    }
    ran(&app, "create table other (id int)", DONE).await;
    let query = |text: &str| AuditQuery { text: text.to_owned(), limit: 100, ..AuditQuery::default() };
    assert_eq!(app.audit(query("insert t3")).await.unwrap().len(), 1);
    assert_eq!(app.audit(query("PRODUCTION")).await.unwrap().len(), 6, "by the connection's name too");
    assert_eq!(app.audit(query("100%")).await.unwrap().len(), 0);
    let schema = AuditQuery { kind: Some(AuditKind::Schema), ..query("") };
    assert_eq!(app.audit(schema).await.unwrap()[0].command, "CREATE TABLE");
    let first = app.audit(AuditQuery { limit: 4, ..query("") }).await.unwrap();
    let next = app.audit(AuditQuery { before: Some(first[3].id), ..query("") }).await.unwrap();
    assert_eq!((first.len(), next.len()), (4, 2));
    app.save_settings(Settings { audit_days: 30, ..Settings::default() }).await.unwrap();
    assert_eq!(all(&app).await.len(), 6, "all of today");
    app.forget_audit(now_ms() + 1).await.unwrap();
    assert_eq!(all(&app).await, []);
    ran(&app, "update t set a = 1", DONE).await;
    assert_eq!(all(&app).await.len(), 1, "what comes later is recorded");
}

#[tokio::test]
async fn what_is_found_is_written_to_a_file_whole_or_not_at_all() {
    let home = testing::home();
    let app = testing::open(&home).await;
    for number in 0..1_203 {
        ran(&app, &format!("insert into t{number} values (1, 'a,\"b')"), DONE).await;
    }
    let before = now_ms() + 1;
    let path = home.path().join("trail.csv");
    let file = path.to_str().unwrap();
    let lines = app.export_audit(AuditQuery::default(), file, AuditFormat::Csv).await.unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!((lines, text.lines().count()), (1_203, 1_204));
    assert!(text.starts_with("id,at,connection,"), "{text:.60}");
    assert!(text.contains("\"insert into t7 values (1, 'a,\"\"b')\""));
    let some = AuditQuery { text: "t1200".to_owned(), until_ms: Some(before), ..AuditQuery::default() };
    assert_eq!(app.export_audit(some.clone(), file, AuditFormat::Ndjson).await.unwrap(), 1);
    let entry: AuditEntry = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(entry.text, "insert into t1200 values (1, 'a,\"b')");
    let none = AuditQuery { until_ms: Some(1), ..some };
    assert_eq!(app.export_audit(none, file, AuditFormat::Ndjson).await.unwrap(), 0);
    let folder = home.path().to_str().unwrap();
    assert!(app.export_audit(AuditQuery::default(), folder, AuditFormat::Csv).await.is_err());
    let nowhere = home.path().join("no/trail.csv");
    assert!(app.export_audit(AuditQuery::default(), nowhere.to_str().unwrap(), AuditFormat::Csv).await.is_err());
    let left = std::fs::read_dir(home.path())
        .unwrap()
        .flatten()
        .filter(|file| file.file_name().to_string_lossy().ends_with(".tmp"));
    assert_eq!(left.count(), 0, "nothing half-written stays");
}

#[tokio::test]
async fn a_query_whose_rows_go_to_a_file_is_an_export_with_the_file_as_its_target() {
    let home = testing::home();
    let app = testing::open(&home).await;
    for (text, kind) in [
        ("select * from customers", Some(AuditKind::Export)),
        ("delete from customers returning *", Some(AuditKind::Write)),
        ("set work_mem = '1MB'", None),
    ] {
        let recorded = app.history_begin(Sending { file: Some("/tmp/out.csv"), ..sending(text) }).await.unwrap();
        app.history_finish(recorded, DONE, 1).await.unwrap();
        let found = all(&app).await.into_iter().find(|entry| entry.text == text);
        assert_eq!(found.as_ref().map(|entry| entry.kind), kind, "{text}");
        assert!(found.is_none_or(|entry| entry.targets.contains(&"/tmp/out.csv".to_owned())), "{text}");
    }
}

fn postgres() -> &'static driver::Language {
    static LANGUAGE: std::sync::LazyLock<driver::Language> =
        std::sync::LazyLock::new(|| sql::dialect::postgres().into());
    &LANGUAGE
}
