#![allow(clippy::unwrap_used, clippy::panic)]
use std::{fs, process::Stdio, sync::Arc};

use super::*;
use crate::{
    App, Face, Parts,
    api::HistoryQuery,
    history::{Ending, Sending},
    testing::{self, Memory},
};

async fn refusal(home: &Path) -> AppError {
    let parts =
        Parts { keychain: crate::Keychain::over(Arc::new(Memory::default())), registry: crate::Registry::standard() };
    match App::open_with(home.to_owned(), Face::Window, None, parts).await {
        Ok(_) => panic!("it opened"),
        Err(error) => error,
    }
}

async fn raw(path: &Path, statement: &'static str) {
    use sqlx::{ConnectOptions as _, Connection as _};
    let mut store = options(path).create_if_missing(true).connect().await.unwrap();
    sqlx::raw_sql(statement).execute(&mut store).await.unwrap();
    store.close().await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn every_file_of_a_home_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let scratch = testing::home();
    let home = scratch.path().join("home");
    let app = testing::open_over(&home, Face::Window, Arc::new(Memory::default())).await;
    app.save_settings(crate::api::Settings::default()).await.unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&home), 0o700);
    let names = ["rowhouse.db", "rowhouse.db-wal", "rowhouse.db-shm", "window.lock", "start.lock"];
    for name in names {
        assert_eq!(mode(&home.join(name)), 0o600, "{name}");
    }
    app.close().await;
}

#[tokio::test]
async fn a_store_of_a_newer_program_is_refused_and_not_touched() {
    let home = testing::home();
    testing::open(&home).await.close().await;
    let path = file(home.path());
    raw(
        &path,
        "INSERT INTO _sqlx_migrations VALUES (99999, 'later', '2030-01-01', true, x'00', 1); \
         CREATE TABLE something_new (x); PRAGMA wal_checkpoint(TRUNCATE);",
    )
    .await;
    let before = fs::read(&path).unwrap();
    let error = refusal(home.path()).await;
    assert_eq!(error.code, ErrorCode::Corrupt);
    assert!(error.hint.unwrap().contains("Update"), "it says what to do");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn what_is_not_our_store_is_refused_and_not_touched() {
    for content in [b"".as_slice(), b"hello, I am a text file", &[0; 4096]] {
        let home = testing::home();
        fs::write(file(home.path()), content).unwrap();
        assert_eq!(refusal(home.path()).await.code, ErrorCode::Corrupt);
        assert_eq!(fs::read(file(home.path())).unwrap(), content);
    }
    let home = testing::home();
    raw(&file(home.path()), "CREATE TABLE somebody_elses (x)").await;
    let before = fs::read(file(home.path())).unwrap();
    assert_eq!(refusal(home.path()).await.code, ErrorCode::Corrupt);
    assert_eq!(fs::read(file(home.path())).unwrap(), before);
    let home = testing::home();
    fs::create_dir(file(home.path())).unwrap();
    assert_eq!(refusal(home.path()).await.code, ErrorCode::Unsupported);
}

#[tokio::test]
async fn a_damaged_store_is_told_to_be_one() {
    let home = testing::home();
    testing::open(&home).await.close().await;
    let path = file(home.path());
    let mut bytes = fs::read(&path).unwrap();
    for byte in bytes.iter_mut().skip(100) {
        *byte = 0xa5;
    }
    fs::write(&path, bytes).unwrap();
    assert_eq!(refusal(home.path()).await.code, ErrorCode::Corrupt);
}

#[cfg(unix)]
#[tokio::test]
async fn a_read_only_store_is_refused_with_what_to_do() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = testing::home();
    testing::open(&home).await.close().await;
    fs::set_permissions(file(home.path()), fs::Permissions::from_mode(0o400)).unwrap();
    let error = refusal(home.path()).await;
    assert_eq!(error.code, ErrorCode::Forbidden);
    assert!(error.hint.is_some());
}

#[tokio::test]
async fn a_store_that_another_program_holds_is_a_conflict() {
    let home = testing::home();
    testing::open(&home).await.close().await;
    let other = rusqlite::Connection::open(file(home.path())).unwrap();
    other.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; DELETE FROM settings;").unwrap();
    assert_eq!(refusal(home.path()).await.code, ErrorCode::Conflict);
}

#[tokio::test]
async fn a_full_disk_is_told_and_what_was_kept_stays() {
    let home = testing::home();
    let app = testing::open(&home).await;
    let mut kept = app.store.write().await.unwrap();
    sqlx::query("INSERT INTO settings VALUES ('one', 'x')").execute(&mut *kept).await.unwrap();
    kept.commit().await.unwrap();
    let mut change = app.store.write().await.unwrap();
    // The same error the disk would give.
    sqlx::query("PRAGMA max_page_count = 1").execute(&mut *change).await.unwrap();
    let error = sqlx::query("INSERT INTO settings VALUES ('two', zeroblob(100000) || '')")
        .execute(&mut *change)
        .await
        .map(|_| ())
        .unwrap_err();
    assert_eq!(AppError::from(error).code, ErrorCode::Exhausted);
    drop(change);
    let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM settings").fetch_one(app.store.read()).await.unwrap();
    assert_eq!(rows, 1);
}

#[tokio::test]
async fn a_second_window_process_is_refused_and_a_terminal_is_not() {
    let home = testing::home();
    let _window = testing::open(&home).await;
    let error = refusal(home.path()).await;
    assert_eq!(error.code, ErrorCode::Conflict);
    let terminal = testing::open_over(home.path(), Face::Cli, Arc::new(Memory::default())).await;
    assert!(terminal.profiles().await.is_ok());
    assert_eq!(terminal.workspace("main-1").await.unwrap_err().code, ErrorCode::Unsupported);
}

#[tokio::test]
async fn the_log_of_a_store_that_was_moved_away_does_not_leak_into_a_new_one() {
    let home = testing::home();
    fs::write(home.path().join("rowhouse.db-wal"), "left over").unwrap();
    fs::write(home.path().join("rowhouse.db.new"), "half made").unwrap();
    let app = testing::open(&home).await;
    assert!(app.profiles().await.is_ok());
    assert_eq!(fs::read(home.path().join("rowhouse.db-wal.old")).unwrap(), b"left over");
}

/// Writes 200 statements into the history, as a terminal would.
#[ignore = "run as a child by the test below"]
#[tokio::test]
async fn writing_child() {
    let Some(home) = testing::given_home() else { return };
    let app = testing::open_over(&home, Face::Cli, Arc::new(Memory::default())).await;
    write(&app, 200).await;
}

async fn write(app: &App, statements: usize) {
    for number in 0..statements {
        let text = format!("select {number} from orders");
        let sending = Sending {
            profile_id: Some("p"),
            profile_name: "shop",
            database: None,
            text: &text,
            language: &sql::dialect::sqlite().into(),
            file: None,
            acting: None,
        };
        let recorded = app.history_begin(sending).await.unwrap();
        app.history_finish(recorded, Ending::Completed { rows: Some(1) }, 2).await.unwrap();
    }
}

#[tokio::test]
async fn processes_that_start_and_write_at_once_lose_nothing() {
    let home = testing::home();
    // Nothing is there yet: all of them would make the store.
    let mut children: Vec<_> = (0..3)
        .map(|_| {
            testing::child("store::tests::writing_child", home.path())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    let app = testing::open(&home).await;
    write(&app, 200).await;
    for child in &mut children {
        assert!(child.wait().unwrap().success());
    }
    let rows: (i64, i64) =
        sqlx::query_as("SELECT count(*), count(*) FILTER (WHERE outcome = 'completed') FROM history")
            .fetch_one(app.store.read())
            .await
            .unwrap();
    assert_eq!(rows, (800, 800));
    let query = HistoryQuery {
        text: "orders 199".to_owned(),
        profile_id: None,
        before: None,
        limit: 100,
        ..HistoryQuery::default()
    };
    assert_eq!(app.history(query).await.unwrap().len(), 4);
}
