//! Staged edits of rows.

use std::sync::Arc;

use app::{App, api::*};
use tauri::State;

/// Binds the staged edits of a relation to these rows; again after more rows have come.
#[tauri::command]
#[specta::specta]
pub async fn edits_open(app: State<'_, Arc<App>>, hold_id: String) -> Result<EditsView, AppError> {
    app.edits_open(&hold_id).await
}

/// Stages what a person did at once.
#[tauri::command]
#[specta::specta]
pub async fn edits_stage(app: State<'_, Arc<App>>, hold_id: String, step: EditStep) -> Result<EditsView, AppError> {
    app.edits_stage(&hold_id, step).await
}

/// Takes the last step back.
#[tauri::command]
#[specta::specta]
pub async fn edits_undo(app: State<'_, Arc<App>>, hold_id: String) -> Result<EditsView, AppError> {
    app.edits_undo(&hold_id).await
}

/// Does again what was taken back.
#[tauri::command]
#[specta::specta]
pub async fn edits_redo(app: State<'_, Arc<App>>, hold_id: String) -> Result<EditsView, AppError> {
    app.edits_redo(&hold_id).await
}

/// Takes everything back that is not saved; itself a step that can be taken back.
#[tauri::command]
#[specta::specta]
pub async fn edits_discard(app: State<'_, Arc<App>>, hold_id: String) -> Result<EditsView, AppError> {
    app.edits_discard(&hold_id).await
}

/// The whole staged value of a cell.
#[tauri::command]
#[specta::specta]
pub async fn edits_cell(
    app: State<'_, Arc<App>>,
    hold_id: String,
    id: u32,
    column: u32,
) -> Result<EditValue, AppError> {
    app.edits_cell(&hold_id, id, column).await
}

/// What a save would send and what else it would touch.
#[tauri::command]
#[specta::specta]
pub async fn edits_review(app: State<'_, Arc<App>>, hold_id: String) -> Result<EditsReview, AppError> {
    app.edits_review(&hold_id).await
}

/// Every statement a save would send, as one script.
#[tauri::command]
#[specta::specta]
pub async fn edits_review_script(app: State<'_, Arc<App>>, hold_id: String) -> Result<String, AppError> {
    app.edits_review_script(&hold_id).await
}

/// Saves everything that is staged in one transaction; may ask first.
#[tauri::command]
#[specta::specta]
pub async fn edits_save(
    app: State<'_, Arc<App>>,
    hold_id: String,
    confirmed: Option<RunConsent>,
) -> Result<EditsAnswer, AppError> {
    app.edits_save(&hold_id, confirmed).await
}

/// Stops a save in progress: nothing of it stays.
#[tauri::command]
#[specta::specta]
pub async fn edits_cancel(app: State<'_, Arc<App>>, hold_id: String) -> Result<(), AppError> {
    app.edits_cancel(&hold_id).await
}

/// Settles a row that somebody else changed or deleted meanwhile.
#[tauri::command]
#[specta::specta]
pub async fn edits_resolve(
    app: State<'_, Arc<App>>,
    hold_id: String,
    id: u32,
    keep: Keep,
) -> Result<EditsView, AppError> {
    app.edits_resolve(&hold_id, id, keep).await
}

/// Staged edits that wait anywhere.
#[tauri::command]
#[specta::specta]
pub async fn edits_pending(app: State<'_, Arc<App>>) -> Result<Vec<PendingEdits>, AppError> {
    app.edits_pending().await
}

/// The statements that would take an entry of the history back; none where it has none.
#[tauri::command]
#[specta::specta]
pub async fn history_inverse(app: State<'_, Arc<App>>, id: crate::wire::Whole) -> Result<Option<String>, AppError> {
    app.history_inverse(i64::try_from(id.0).unwrap_or(i64::MAX)).await
}
