#![allow(clippy::unwrap_used, clippy::panic)]
use super::*;
use crate::{
    api::{AuditQuery, HistoryQuery, Settings},
    history::{Ending, Sending},
    testing,
};

async fn changed(app: &App, text: &str) {
    let sending = Sending {
        profile_id: Some("p"),
        profile_name: "shop",
        database: None,
        text,
        language: &sql::dialect::postgres().into(),
        file: None,
        acting: None,
    };
    let recorded = app.history_begin(sending).await.unwrap();
    app.history_finish(recorded, Ending::Completed { rows: None }, 1).await.unwrap();
}

/// Makes everything recorded so far 40 days older, past what guards the trail.
async fn age(app: &App) {
    let mut change = app.store.write().await.unwrap();
    for statement in [
        "DROP TRIGGER audit_is_append_only",
        "UPDATE history SET at_ms = at_ms - 40 * 86400000",
        "UPDATE audit SET at_ms = at_ms - 40 * 86400000",
        "CREATE TRIGGER audit_is_append_only BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'append-only'); END",
    ] {
        sqlx::query(statement).execute(&mut *change).await.unwrap();
    }
    change.commit().await.unwrap();
}

async fn amounts(app: &App) -> (usize, usize) {
    let history =
        HistoryQuery { text: String::new(), profile_id: None, before: None, limit: 100, ..HistoryQuery::default() };
    let audit = AuditQuery { limit: 100, ..AuditQuery::default() };
    (app.history(history).await.unwrap().len(), app.audit(audit).await.unwrap().len())
}

async fn kept(app: &App, days: u32) {
    app.save_settings(Settings { history_days: days, audit_days: days, ..Settings::default() }).await.unwrap();
}

#[tokio::test]
async fn a_start_forgets_what_became_too_old_while_nothing_ran() {
    let home = testing::home();
    let app = testing::open(&home).await;
    kept(&app, 30).await;
    changed(&app, "update t set a = 1").await;
    age(&app).await;
    changed(&app, "update t set a = 2").await;
    assert_eq!(amounts(&app).await, (2, 2));
    app.close().await;
    drop(app);
    let app = testing::open(&home).await;
    assert_eq!(amounts(&app).await, (1, 1));
}

#[tokio::test]
async fn a_process_that_runs_for_days_forgets_too_and_one_that_keeps_everything_does_not() {
    let home = testing::home();
    let app = testing::open(&home).await;
    kept(&app, 0).await;
    changed(&app, "update t set a = 1").await;
    age(&app).await;
    app.forget_old().await;
    assert_eq!(amounts(&app).await, (1, 1), "0 days keep everything");
    kept(&app, 365).await;
    // As another process may set it, which does not forget here.
    app.remember_settings(Settings { history_days: 30, audit_days: 30, ..Settings::default() });
    let going = tokio::spawn(go_on(Arc::downgrade(&app), Duration::from_millis(5)));
    while amounts(&app).await != (0, 0) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    drop(app);
    going.await.unwrap();
}
