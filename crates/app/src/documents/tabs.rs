//! The lists of tabs, one for each window.

use std::collections::HashSet;

use sqlx::SqliteConnection;

use crate::{
    api::{AppError, RestoredTab, TabKind, TabRecord, Workspace},
    store::now_ms,
};

/// Closed tabs that can always be brought back; younger ones than [`FRESH_MS`] are kept besides.
const CLOSED: i64 = 25;
const FRESH_MS: i64 = 24 * 3_600_000;

/// Gives this window whatever windows that do not exist any more have left, and texts that no list had named yet when
/// their process died. `windows` are those of this process, `typed` the tabs somebody types in now.
pub(super) async fn adopt(
    store: &mut SqliteConnection,
    window: &str,
    windows: &HashSet<String>,
    typed: &HashSet<String>,
) -> Result<(), AppError> {
    let labels: Vec<String> = sqlx::query_scalar("SELECT window FROM tabs UNION SELECT label FROM windows ORDER BY 1")
        .fetch_all(&mut *store)
        .await?;
    for label in labels.iter().filter(|label| !windows.contains(*label)) {
        let end = end(store, window).await?;
        sqlx::query("UPDATE tabs SET window = ?, position = position + ? WHERE window = ?")
            .bind(window)
            .bind(end)
            .bind(label)
            .execute(&mut *store)
            .await?;
        sqlx::query("DELETE FROM windows WHERE label = ?").bind(label).execute(&mut *store).await?;
    }
    let nameless: Vec<String> =
        sqlx::query_scalar("SELECT tab_id FROM texts WHERE tab_id NOT IN (SELECT id FROM tabs) ORDER BY rowid")
            .fetch_all(&mut *store)
            .await?;
    for tab in nameless.into_iter().filter(|tab| !typed.contains(tab)) {
        insert(store, window, &recovered(&tab), None).await?;
    }
    Ok(())
}

pub(super) async fn list(store: &mut SqliteConnection, window: &str) -> Result<Workspace, AppError> {
    let rows: Vec<(String, String, i64)> = sqlx::query_as(
        "SELECT id, record, position FROM tabs WHERE window = ? AND closed_ms IS NULL ORDER BY position, rowid",
    )
    .bind(window)
    .fetch_all(&mut *store)
    .await?;
    let mut tabs = Vec::with_capacity(rows.len());
    for (id, record, position) in rows {
        tabs.push(restored(store, &id, &record, position).await?);
    }
    let kept: Option<(Option<String>, Option<String>)> =
        sqlx::query_as("SELECT active, layout FROM windows WHERE label = ?").bind(window).fetch_optional(store).await?;
    let (active, layout) = kept.unwrap_or_default();
    let active = active.filter(|active| tabs.iter().any(|tab| tab.tab.id == *active));
    Ok(Workspace { tabs, active, layout })
}

/// Keeps the list and says which texts were pruned. Only a complete list closes what it does not name.
pub(super) async fn keep(
    store: &mut SqliteConnection,
    window: &str,
    tabs: &[TabRecord],
    (active, layout): (Option<&str>, Option<&str>),
    complete: bool,
) -> Result<Vec<String>, AppError> {
    if complete {
        let named: HashSet<&str> = tabs.iter().map(|tab| tab.id.as_str()).collect();
        let open: Vec<String> = sqlx::query_scalar("SELECT id FROM tabs WHERE window = ? AND closed_ms IS NULL")
            .bind(window)
            .fetch_all(&mut *store)
            .await?;
        for id in open.iter().filter(|id| !named.contains(id.as_str())) {
            mark_closed(store, id).await?;
        }
    }
    for tab in tabs {
        insert(store, window, tab, None).await?;
    }
    sqlx::query(
        "INSERT INTO windows (label, active, layout) VALUES (?, ?, ?) ON CONFLICT (label) DO UPDATE SET \
         active = excluded.active, layout = excluded.layout",
    )
    .bind(window)
    .bind(active)
    .bind(layout)
    .execute(&mut *store)
    .await?;
    prune(store).await
}

/// Closes a tab; `window` takes it when no list has named it yet.
pub(super) async fn close(store: &mut SqliteConnection, id: &str, window: &str) -> Result<Vec<String>, AppError> {
    if mark_closed(store, id).await? == 0 {
        let texts: i64 =
            sqlx::query_scalar("SELECT count(*) FROM texts WHERE tab_id = ?").bind(id).fetch_one(&mut *store).await?;
        let listed: i64 =
            sqlx::query_scalar("SELECT count(*) FROM tabs WHERE id = ?").bind(id).fetch_one(&mut *store).await?;
        if texts > 0 && listed == 0 {
            insert(store, window, &recovered(id), Some(now_ms())).await?;
        }
    }
    prune(store).await
}

pub(super) async fn reopen(store: &mut SqliteConnection, window: &str) -> Result<Option<RestoredTab>, AppError> {
    let last: Option<(String, String)> = sqlx::query_as(
        "SELECT id, record FROM tabs WHERE window = ? AND closed_ms IS NOT NULL ORDER BY closed_ms DESC, rowid DESC LIMIT 1",
    )
    .bind(window)
    .fetch_optional(&mut *store)
    .await?;
    let Some((id, record)) = last else { return Ok(None) };
    let position = end(store, window).await?;
    sqlx::query("UPDATE tabs SET closed_ms = NULL, position = ? WHERE id = ?")
        .bind(position)
        .bind(&id)
        .execute(&mut *store)
        .await?;
    restored(store, &id, &record, position).await.map(Some)
}

async fn restored(
    store: &mut SqliteConnection,
    id: &str,
    record: &str,
    position: i64,
) -> Result<RestoredTab, AppError> {
    let mut tab = serde_json::from_str(record).unwrap_or_else(|error| {
        tracing::warn!(%error, id, "a tab's record is not readable; its text is");
        recovered(id)
    });
    tab.id = id.to_owned();
    tab.position = u32::try_from(position).unwrap_or(u32::MAX);
    let (text, sequence) = match super::text(store, id).await? {
        Some((buffer, sequence)) => (buffer.into_text(), sequence),
        None => (String::new(), 0),
    };
    Ok(RestoredTab { tab, text, sequence })
}

async fn insert(
    store: &mut SqliteConnection,
    window: &str,
    tab: &TabRecord,
    closed_ms: Option<i64>,
) -> Result<(), AppError> {
    let record = serde_json::to_string(tab).map_err(AppError::internal)?;
    sqlx::query(
        "INSERT INTO tabs (id, window, position, record, closed_ms) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET \
         window = excluded.window, position = excluded.position, record = excluded.record, closed_ms = excluded.closed_ms",
    )
    .bind(&tab.id)
    .bind(window)
    .bind(tab.position)
    .bind(record)
    .bind(closed_ms)
    .execute(store)
    .await?;
    Ok(())
}

/// Later than every tab closed before, so that they come back in order however fast they were closed.
///
/// A place or a form is not worth bringing back: it goes.
async fn mark_closed(store: &mut SqliteConnection, id: &str) -> Result<u64, AppError> {
    let record: Option<String> =
        sqlx::query_scalar("SELECT record FROM tabs WHERE id = ?").bind(id).fetch_optional(&mut *store).await?;
    let tab = record.and_then(|record| serde_json::from_str::<TabRecord>(&record).ok());
    if tab.is_some_and(|tab| !tab.kind.is_work()) {
        let gone = sqlx::query("DELETE FROM tabs WHERE id = ?").bind(id).execute(store).await?;
        return Ok(gone.rows_affected());
    }
    let done = sqlx::query(
        "UPDATE tabs SET closed_ms = max(?, (SELECT coalesce(max(closed_ms), 0) + 1 FROM tabs)) \
         WHERE id = ? AND closed_ms IS NULL",
    )
    .bind(now_ms())
    .bind(id)
    .execute(store)
    .await?;
    Ok(done.rows_affected())
}

async fn prune(store: &mut SqliteConnection) -> Result<Vec<String>, AppError> {
    let old: Vec<String> = sqlx::query_scalar(
        "SELECT id FROM tabs WHERE closed_ms < ? AND id NOT IN \
         (SELECT id FROM tabs WHERE closed_ms IS NOT NULL ORDER BY closed_ms DESC LIMIT ?)",
    )
    .bind(now_ms() - FRESH_MS)
    .bind(CLOSED)
    .fetch_all(&mut *store)
    .await?;
    delete(store, &old).await?;
    Ok(old)
}

/// Forgets closed tabs, in all or of a connection, and says which.
pub(super) async fn forget_closed(
    store: &mut SqliteConnection,
    profile_id: Option<&str>,
) -> Result<Vec<String>, AppError> {
    let gone: Vec<String> = sqlx::query_scalar(
        "SELECT id FROM tabs WHERE closed_ms IS NOT NULL AND (?1 IS NULL OR record ->> 'profile_id' = ?1)",
    )
    .bind(profile_id)
    .fetch_all(&mut *store)
    .await?;
    delete(store, &gone).await?;
    Ok(gone)
}

/// Deletes tabs and their texts.
async fn delete(store: &mut SqliteConnection, tabs: &[String]) -> Result<(), AppError> {
    for id in tabs {
        for statement in [
            "DELETE FROM text_edits WHERE tab_id = ?",
            "DELETE FROM texts WHERE tab_id = ?",
            "DELETE FROM tabs WHERE id = ?",
        ] {
            sqlx::query(statement).bind(id).execute(&mut *store).await?;
        }
    }
    Ok(())
}

/// The place after a window's last tab.
async fn end(store: &mut SqliteConnection, window: &str) -> Result<i64, AppError> {
    let query = "SELECT coalesce(max(position) + 1, 0) FROM tabs WHERE window = ? AND closed_ms IS NULL";
    Ok(sqlx::query_scalar(query).bind(window).fetch_one(store).await?)
}

/// A tab of which only the text is known.
fn recovered(id: &str) -> TabRecord {
    TabRecord {
        id: id.to_owned(),
        kind: TabKind::Query,
        position: u32::MAX,
        title: "Recovered text".to_owned(),
        profile_id: None,
        database: None,
        object: None,
        path: None,
        stamp: None,
        saved: None,
        dirty: true,
        crlf: false,
        view: String::new(),
    }
}
