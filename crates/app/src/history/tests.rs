#![allow(clippy::unwrap_used, clippy::panic)]
use std::{process::Stdio, sync::Arc};

use super::*;
use crate::{api::Settings, testing};

fn sending<'a>(text: &'a str, profile: &'a str) -> Sending<'a> {
    Sending {
        profile_id: Some(profile),
        profile_name: "shop",
        database: Some("shop"),
        text,
        language: postgres(),
        file: None,
        acting: None,
    }
}

async fn ran(app: &App, text: &str, profile: &str) {
    let recorded = app.history_begin(sending(text, profile)).await.unwrap();
    app.history_finish(recorded, Ending::Completed { rows: Some(3) }, 12).await.unwrap();
}

async fn found(app: &App, text: &str) -> Vec<String> {
    let query =
        HistoryQuery { text: text.to_owned(), profile_id: None, before: None, limit: 100, ..HistoryQuery::default() };
    app.history(query).await.unwrap().into_iter().map(|entry| entry.text).collect()
}

#[tokio::test]
async fn every_word_must_occur_wherever_it_stands() {
    let home = testing::home();
    let app = testing::open(&home).await;
    for text in ["select * from customers_archive", "update Orders set total = 1 where id = 7", "größe % x'y\"z"] {
        ran(&app, text, "p").await;
    }
    let long = format!("select '{}' as needle_at_the_end", "x".repeat(30_000));
    ran(&app, &long, "p").await;
    assert_eq!(found(&app, "").await.len(), 4);
    assert_eq!(found(&app, "tomers").await, ["select * from customers_archive"]);
    assert_eq!(found(&app, "TOTAL orders").await.len(), 1);
    assert_eq!(found(&app, "total customers").await.len(), 0);
    assert_eq!(found(&app, "GRÖSSE").await.len() + found(&app, "GRÖßE").await.len(), 1);
    assert_eq!(found(&app, "% y\"z").await.len(), 1, "short words and signs are themselves");
    assert_eq!(found(&app, "id 7").await.len(), 1);
    assert_eq!(found(&app, "needle_at_the_end").await, [long]);
    for strange in ["\"", "\"\"\"", "AND OR NOT", "a* NEAR(b)", "\\", "';--", "\u{0}\u{1}abc"] {
        found(&app, strange).await;
    }
}

#[tokio::test]
async fn entries_page_backwards_by_connection_and_can_be_forgotten() {
    let home = testing::home();
    let app = testing::open(&home).await;
    for number in 0..10 {
        ran(&app, &format!("select {number}"), if number % 2 == 0 { "even" } else { "odd" }).await;
    }
    let query = |before, limit| HistoryQuery {
        text: String::new(),
        profile_id: Some("odd".into()),
        before,
        limit,
        ..HistoryQuery::default()
    };
    let first = app.history(query(None, 2)).await.unwrap();
    assert_eq!(first.iter().map(|entry| entry.text.as_str()).collect::<Vec<_>>(), ["select 9", "select 7"]);
    let next = app.history(query(Some(first[1].id), 2)).await.unwrap();
    assert_eq!(next[0].text, "select 5");
    assert_eq!((next[0].rows, next[0].elapsed_ms, next[0].face.as_str()), (Some(3), Some(12), "window"));
    app.forget_history(Some(first[0].id)).await.unwrap();
    assert_eq!(found(&app, "select").await.len(), 9);
    app.forget_history(None).await.unwrap();
    assert_eq!(found(&app, "select").await.len(), 0);
}

#[tokio::test]
async fn entries_are_found_by_how_they_ended_and_when() {
    let home = testing::home();
    let app = testing::open(&home).await;
    ran(&app, "select 'good'", "p").await;
    let recorded = app.history_begin(sending("select 'bad'", "p")).await.unwrap();
    app.history_finish(recorded, Ending::Failed { message: "no", code: None }, 1).await.unwrap();
    let found = async |query: HistoryQuery| {
        let found = app.history(HistoryQuery { limit: 9, ..query }).await.unwrap();
        found.into_iter().map(|entry| (entry.text, entry.at_ms)).collect::<Vec<_>>()
    };
    let failed = found(HistoryQuery { outcome: Some("failed".into()), ..HistoryQuery::default() }).await;
    let [(text, at_ms)] = failed.as_slice() else { panic!("{failed:?}") };
    assert_eq!(text, "select 'bad'");
    let since = |since_ms| HistoryQuery { since_ms: Some(since_ms), ..HistoryQuery::default() };
    let until = |until_ms| HistoryQuery { until_ms: Some(until_ms), ..HistoryQuery::default() };
    assert_eq!(found(since(at_ms + 60_000)).await, []);
    assert_eq!(found(since(at_ms - 60_000)).await.len(), 2);
    assert_eq!(found(until(at_ms - 60_000)).await, []);
    assert_eq!(found(until(at_ms + 60_000)).await.len(), 2);
}

#[tokio::test]
async fn a_secret_in_a_statement_or_in_the_servers_answer_is_not_kept() {
    let home = testing::home();
    let app = testing::open(&home).await;
    let recorded = app.history_begin(sending("ALTER ROLE joe PASSWORD 'hunter2-in-text'", "p")).await.unwrap();
    let message = "syntax error at or near \"hunter2-in-text\"";
    app.history_finish(recorded, Ending::Failed { message, code: Some("42601") }, 1).await.unwrap();
    let entry = &app
        .history(HistoryQuery {
            text: "joe".into(),
            profile_id: None,
            before: None,
            limit: 1,
            ..HistoryQuery::default()
        })
        .await
        .unwrap()[0];
    assert!(!entry.text.contains("hunter2") && entry.text.contains("***"), "{}", entry.text);
    assert_eq!(entry.error.as_deref(), Some("syntax error at or near \"***\" (42601)"));
    assert_eq!(entry.outcome, "failed");
    app.close().await;
    for file in std::fs::read_dir(home.path()).unwrap().flatten().filter(|file| file.path().is_file()) {
        let bytes = std::fs::read(file.path()).unwrap();
        assert!(!bytes.windows(7).any(|part| part == b"hunter2"), "{}", file.path().display());
    }
}

#[tokio::test]
async fn only_the_days_of_the_settings_are_kept() {
    let home = testing::home();
    let app = testing::open(&home).await;
    ran(&app, "select 'old'", "p").await;
    ran(&app, "select 'new'", "p").await;
    let mut change = app.store.write().await.unwrap();
    sqlx::query("UPDATE history SET at_ms = at_ms - 40 * 86400000 WHERE text LIKE '%old%'")
        .execute(&mut *change)
        .await
        .unwrap();
    change.commit().await.unwrap();
    app.save_settings(Settings { history_days: 50, ..Settings::default() }).await.unwrap();
    assert_eq!(found(&app, "").await.len(), 2);
    app.save_settings(Settings { history_days: 30, ..Settings::default() }).await.unwrap();
    assert_eq!(found(&app, "").await, ["select 'new'"]);
}

#[ignore = "run as a child by the test below"]
#[tokio::test]
async fn dying_child() {
    let Some(home) = testing::given_home() else { return };
    let app = testing::open_over(&home, Face::Cli, Arc::new(testing::Memory::default())).await;
    app.history_begin(sending("select pg_sleep(60)", "p")).await.unwrap();
    std::process::abort();
}

#[tokio::test]
async fn a_run_of_a_dead_process_is_lost_and_one_of_a_living_process_is_running() {
    let home = testing::home();
    let living = testing::open_over(home.path(), Face::Cli, Arc::new(testing::Memory::default())).await;
    living.history_begin(sending("select 'alive'", "p")).await.unwrap();
    let died = testing::child("history::tests::dying_child", home.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(!died.success());
    let app = testing::open(&home).await;
    let outcome = |text: &'static str| {
        let app = Arc::clone(&app);
        async move {
            let query = HistoryQuery {
                text: text.to_owned(),
                profile_id: None,
                before: None,
                limit: 1,
                ..HistoryQuery::default()
            };
            app.history(query).await.unwrap()[0].outcome.clone()
        }
    };
    assert_eq!(outcome("pg_sleep").await, "lost");
    assert_eq!(outcome("alive").await, "running");
}

#[tokio::test]
async fn a_hundred_statements_are_told_a_few_times_and_the_last_one_always() {
    let home = testing::home();
    let app = testing::open(&home).await;
    let mut events = app.events();
    for number in 0..100 {
        ran(&app, &format!("select {number}"), "p").await;
    }
    let begun = std::time::Instant::now();
    let mut told = 0;
    let mut last = None;
    while let Ok(Some(event)) = tokio::time::timeout(telling::PACE * 3, events.recv()).await {
        if matches!(&event, crate::api::AppEvent::Changed { topics, .. } if topics.contains(&crate::api::Topic::History))
        {
            told += 1;
            last = Some(begun.elapsed());
        }
    }
    assert!(told >= 2, "what was quiet is told at once, and the rest afterwards");
    assert!(told < 20, "{told} times");
    assert!(last.is_some(), "the last change is told too");
}

fn postgres() -> &'static driver::Language {
    static LANGUAGE: std::sync::LazyLock<driver::Language> =
        std::sync::LazyLock::new(|| sql::dialect::postgres().into());
    &LANGUAGE
}
