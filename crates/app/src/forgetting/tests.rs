#![allow(clippy::unwrap_used, clippy::panic)]
use std::path::Path;

use super::*;
use crate::{
    api::*,
    history::{Ending, Sending},
    profiles::SAMPLE,
    testing,
};

/// Long enough to be in no file by chance.
const MARKER: &str = "zebra_quagga_marker";

async fn ran(app: &App, text: &str, profile: &str) {
    let sending = Sending {
        profile_id: Some(profile),
        profile_name: profile,
        database: None,
        text,
        language: &sql::dialect::postgres().into(),
        file: None,
        acting: None,
    };
    let recorded = app.history_begin(sending).await.unwrap();
    app.history_finish(recorded, Ending::Failed { message: MARKER, code: None }, 1).await.unwrap();
}

async fn statements(app: &App, text: &str) -> Vec<String> {
    let query =
        HistoryQuery { text: text.to_owned(), profile_id: None, before: None, limit: 100, ..HistoryQuery::default() };
    app.history(query).await.unwrap().into_iter().map(|entry| entry.text).collect()
}

async fn trail(app: &App) -> Vec<AuditEntry> {
    app.audit(AuditQuery { limit: 100, ..AuditQuery::default() }).await.unwrap()
}

fn query_tab(id: &str, profile: &str) -> TabRecord {
    // As a window of any version writes it.
    let record = serde_json::json!({
        "id": id, "kind": "query", "position": 0, "title": id, "profile_id": profile, "database": null, "object": null,
        "path": null, "stamp": null, "dirty": true, "view": "{}"
    });
    serde_json::from_value(record).unwrap()
}

fn typed(tab: &str, text: &str) -> JournalEntry {
    JournalEntry { tab_id: tab.to_owned(), sequence: 1, edits: Vec::new(), text: Some(text.to_owned()) }
}

/// The files below a folder that hold the marker, whatever else they are.
fn marked(folder: &Path) -> Vec<String> {
    holding(folder, MARKER)
}

fn holding(folder: &Path, marker: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(holding(&path, marker));
        } else if let Ok(bytes) = std::fs::read(&path)
            && bytes.windows(marker.len()).any(|part| part == marker.as_bytes())
        {
            found.push(path.display().to_string());
        }
    }
    found
}

fn sqlite(name: &str, secret: Option<&str>) -> ProfileDraft {
    ProfileDraft {
        name: name.to_owned(),
        driver: "postgres".to_owned(),
        values: [("host".to_owned(), "localhost".to_owned())].into(),
        password: secret.map_or(DraftPassword::Keep, |secret| DraftPassword::Set {
            secret: driver::Secret::new(secret.to_owned()),
        }),
        ..ProfileDraft::default()
    }
}

#[tokio::test]
async fn what_is_forgotten_cannot_be_read_from_the_files_while_the_window_goes_on() {
    let home = testing::home();
    let app = testing::open(&home).await;
    app.workspace("main").await.unwrap();
    for number in 0..50 {
        ran(&app, &format!("insert into t values ({number}, '{MARKER}')"), "p").await;
    }
    app.keep_tabs("main", vec![query_tab("shut", "p")], None, None).await.unwrap();
    app.journal(typed("shut", &format!("select '{MARKER}'"))).await.unwrap();
    app.close_tab("shut").await.unwrap();
    let catalogs = home.path().join("catalogs/p");
    std::fs::create_dir_all(&catalogs).unwrap();
    std::fs::write(catalogs.join("one"), MARKER).unwrap();
    assert!(marked(home.path()).len() >= 2, "the test would see it");
    let all = ForgetRequest { profile_id: None, history: true, audit: true, catalogs: true, closed_tabs: true };
    let gone = app.forget(all).await.unwrap();
    assert_eq!((gone.history, gone.audit, gone.catalogs, gone.closed_tabs), (50, 50, 1, 1));
    assert_eq!(marked(home.path()), Vec::<String>::new());
    assert_eq!(app.kept_amounts(None).await.unwrap(), KeptAmounts::default());
    assert!(app.reopen_tab("main").await.unwrap().is_none());
    ran(&app, "delete from t", "p").await;
    assert_eq!(
        (statements(&app, "delete").await.len(), trail(&app).await.len()),
        (1, 1),
        "what comes later is recorded"
    );
}

#[tokio::test]
async fn one_connection_is_forgotten_and_the_others_stay_found_and_guarded() {
    let home = testing::home();
    let app = testing::open(&home).await;
    for number in 0..5 {
        ran(&app, &format!("update secret_{number} set a = '{MARKER}'"), "gone").await;
        ran(&app, &format!("update open_{number} set a = 1"), "stays").await;
    }
    assert_eq!(app.used_in("gone").await.unwrap().get("secret_1"), Some(&1));
    let request =
        ForgetRequest { profile_id: Some("gone".to_owned()), history: true, audit: true, ..ForgetRequest::default() };
    let gone = app.forget(request.clone()).await.unwrap();
    assert_eq!((gone.history, gone.audit, gone.catalogs), (5, 5, 0));
    assert_eq!(statements(&app, "secret").await, Vec::<String>::new());
    assert_eq!(statements(&app, "open_3").await, ["update open_3 set a = 1"]);
    let lines = trail(&app).await;
    assert_eq!(lines.len(), 5);
    assert!(lines.iter().all(|line| line.outcome.as_deref() == Some("failed")), "their ends stay with them");
    assert_eq!(app.used_in("gone").await.unwrap().get("secret_1"), None);
    for change in ["DELETE FROM audit", "DELETE FROM audit WHERE of IS NOT NULL", "UPDATE audit SET text = ''"] {
        let mut write = app.store.write().await.unwrap();
        assert!(sqlx::query(change).execute(&mut *write).await.is_err(), "{change}");
    }
    ran(&app, "update secret_9 set a = 1", "gone").await;
    assert_eq!(trail(&app).await.len(), 6);
    let mut write = app.store.write().await.unwrap();
    let later = sqlx::query("DELETE FROM audit WHERE profile_id = 'gone'").execute(&mut *write).await;
    assert!(later.is_err(), "what came after is guarded again");
    drop(write);
    app.forget(request).await.unwrap();
    assert_eq!(trail(&app).await.len(), 5);
}

#[tokio::test]
async fn of_a_connection_that_is_not_recorded_nothing_is_kept_but_the_texts_in_tabs() {
    let home = testing::home();
    let app = testing::open(&home).await;
    let saved = app.save_profile(sqlite("quiet", None)).await.unwrap();
    assert!(saved.recorded, "unless somebody says otherwise");
    ran(&app, "update t set a = 1", &saved.id).await;
    let catalogs = home.path().join("catalogs").join(&saved.id);
    std::fs::create_dir_all(&catalogs).unwrap();
    std::fs::write(catalogs.join("one"), "names").unwrap();
    let quiet = ProfileDraft { id: Some(saved.id.clone()), recorded: Some(false), ..sqlite("quiet", None) };
    assert!(!app.save_profile(quiet).await.unwrap().recorded);
    assert!(!catalogs.exists(), "a catalog that is not used any more is no use to anybody");
    ran(&app, "update t set a = 'quiet_marker'", &saved.id).await;
    assert_eq!(
        (statements(&app, "").await.len(), trail(&app).await.len()),
        (1, 1),
        "what was there is asked about apart"
    );
    let renamed = ProfileDraft { id: Some(saved.id.clone()), ..sqlite("still quiet", None) };
    assert!(!app.save_profile(renamed).await.unwrap().recorded, "an edit that does not speak of it changes nothing");
    assert!(!app.duplicate_profile(&saved.id).await.unwrap().recorded);
    app.workspace("main").await.unwrap();
    app.keep_tabs("main", vec![query_tab("open", &saved.id)], None, None).await.unwrap();
    app.journal(typed("open", "select 'work'")).await.unwrap();
    app.close().await;
    drop(app);
    let app = testing::open(&home).await;
    assert_eq!(app.workspace("main").await.unwrap().tabs[0].text, "select 'work'");
    ran(&app, "update t set a = 2", &saved.id).await;
    assert_eq!(statements(&app, "").await.len(), 1);
    assert_eq!(holding(home.path(), "quiet_marker"), Vec::<String>::new());
    let loud = ProfileDraft { id: Some(saved.id.clone()), recorded: Some(true), ..sqlite("quiet", None) };
    app.save_profile(loud).await.unwrap();
    ran(&app, "update t set a = 3", &saved.id).await;
    assert_eq!(statements(&app, "").await.len(), 2);
}

#[tokio::test]
async fn everything_goes_and_connections_with_their_secrets_only_where_asked() {
    let home = testing::home();
    let app = testing::open(&home).await;
    let mut events = app.events();
    let saved = app.save_profile(sqlite("shop", Some(MARKER))).await.unwrap();
    app.set_favourite(&saved.id, true).await.unwrap();
    for connections in [false, true] {
        app.open_sample().await.unwrap();
        app.save_settings(Settings { page_rows: 77, ..Settings::default() }).await.unwrap();
        app.workspace("main").await.unwrap();
        app.keep_tabs("main", vec![query_tab("open", SAMPLE)], Some("open".to_owned()), Some(MARKER.to_owned()))
            .await
            .unwrap();
        app.journal(typed("open", MARKER)).await.unwrap();
        ran(&app, &format!("drop table {MARKER}"), &saved.id).await;
        assert!(!marked(home.path()).is_empty());
        app.forget_everything(connections).await.unwrap();
        assert_eq!(marked(home.path()), Vec::<String>::new());
        assert!(!home.path().join("sample.db").exists());
        // What a window that has not heard of it yet still sends.
        app.keep_tabs("main", vec![query_tab("open", SAMPLE)], None, None).await.unwrap();
        assert_eq!(app.journal(typed("open", MARKER)).await.unwrap(), Journaled::Kept);
        let kept = app.kept_amounts(None).await.unwrap();
        let left = i64::from(!connections);
        assert_eq!(kept, KeptAmounts { connections: left, secrets: left, ..KeptAmounts::default() });
        assert_eq!(app.settings().await.unwrap(), Settings::default());
        assert!(app.workspace("main").await.unwrap().tabs.is_empty());
        if !connections {
            assert!(app.profile(&saved.id).await.unwrap().favourite);
            assert_eq!(app.profile(&saved.id).await.unwrap().stored_secrets, ["password"]);
        }
    }
    assert_eq!(app.profiles().await.unwrap().len(), 1, "the sample");
    let mut told = 0;
    while let Ok(event) = events.try_recv() {
        told += u32::from(event == AppEvent::StartedOver);
    }
    assert_eq!(told, 2);
    drop(app);
    let app = testing::open(&home).await;
    assert!(app.workspace("main").await.unwrap().tabs.is_empty());
    ran(&app, "update t set a = 1", "p").await;
    assert_eq!(trail(&app).await.len(), 1);
}

#[tokio::test]
async fn a_terminal_forgets_everything_only_while_no_window_is_open() {
    let home = testing::home();
    let window = testing::open(&home).await;
    ran(&window, "select 1", "p").await;
    let memory = std::sync::Arc::new(testing::Memory::default());
    let terminal = testing::open_over(home.path(), Face::Cli, memory).await;
    assert_eq!(terminal.forget_everything(false).await.unwrap_err().code, ErrorCode::Conflict);
    assert_eq!(statements(&terminal, "").await.len(), 1);
    window.close().await;
    drop(window);
    terminal.forget_everything(false).await.unwrap();
    assert_eq!(statements(&terminal, "").await.len(), 0);
}
