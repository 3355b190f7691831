//! Walking along foreign keys, and choosing rows by what a person knows them by.

use std::sync::Arc;

use app::{App, api::*};
use tauri::State;

use crate::wire::Whole;

/// Where a row's foreign key leads; `key` is its place among the head's.
#[tauri::command]
#[specta::specta]
pub async fn follow_reference(
    app: State<'_, Arc<App>>,
    hold_id: String,
    row: Whole,
    key: u32,
) -> Result<Followed, AppError> {
    app.follow_reference(&hold_id, row.0, key).await
}

/// The foreign keys of every relation that lead to a row. Nothing is counted.
#[tauri::command]
#[specta::specta]
pub async fn referenced_by(
    app: State<'_, Arc<App>>,
    hold_id: String,
    row: Whole,
) -> Result<Vec<ReferredRow>, AppError> {
    app.referenced_by(&hold_id, row.0).await
}

/// Counts rows under filters, up to a cap.
#[tauri::command]
#[specta::specta]
pub async fn count_references(
    app: State<'_, Arc<App>>,
    ask_id: String,
    profile_id: String,
    object: ObjectRef,
    filters: Vec<BrowseFilter>,
    actor: Option<PolicyActor>,
) -> Result<CappedCount, AppError> {
    app.count_references(&ask_id, &profile_id, &object, &filters, actor.as_ref()).await
}

/// Rows of a relation that a text leads to.
#[tauri::command]
#[specta::specta]
pub async fn lookup(app: State<'_, Arc<App>>, request: LookupRequest) -> Result<LookupPage, AppError> {
    app.lookup(request).await
}

/// Remembers by which columns rows of a relation are looked up.
#[tauri::command]
#[specta::specta]
pub async fn keep_lookup_labels(
    app: State<'_, Arc<App>>,
    profile_id: String,
    object: ObjectRef,
    labels: Vec<String>,
) -> Result<(), AppError> {
    app.keep_lookup_labels(&profile_id, &object, labels).await
}

/// Stops a count or a lookup.
#[tauri::command]
#[specta::specta]
pub fn stop_asking(app: State<'_, Arc<App>>, ask_id: String) {
    app.stop_asking(&ask_id);
}
