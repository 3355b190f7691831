//! Editors: language, files, tabs, history.

use std::sync::Arc;

use app::{App, api::*};
use tauri::{State, WebviewWindow};

use crate::wire::Whole;

/// The statements and placeholders of a text.
#[tauri::command]
#[specta::specta]
pub async fn outline(app: State<'_, Arc<App>>, driver: String, text: String) -> Result<Outline, AppError> {
    app.outline(&driver, &text)
}

/// What could stand at the caret.
#[tauri::command]
#[specta::specta]
pub async fn complete(app: State<'_, Arc<App>>, request: CompletionRequest) -> Result<Completions, AppError> {
    app.complete(request).await
}

/// The text laid out anew.
#[tauri::command]
#[specta::specta]
pub async fn format_sql(app: State<'_, Arc<App>>, driver: String, text: String) -> Result<String, AppError> {
    app.format_sql(&driver, &text)
}

/// Reads a text file.
#[tauri::command]
#[specta::specta]
pub async fn open_file(app: State<'_, Arc<App>>, path: String) -> Result<OpenedFile, AppError> {
    app.open_file(&path).await
}

/// Whether a file is still what it was.
#[tauri::command]
#[specta::specta]
pub async fn file_state(app: State<'_, Arc<App>>, path: String, stamp: String) -> Result<FileState, AppError> {
    app.file_state(&path, &stamp).await
}

/// Writes a text file, whole or not at all; `Conflict` when another program changed it.
#[tauri::command]
#[specta::specta]
pub async fn save_file(app: State<'_, Arc<App>>, request: SaveFile) -> Result<OpenedFile, AppError> {
    app.save_file(request).await
}

/// Keeps a window's tabs; texts are journaled apart.
#[tauri::command]
#[specta::specta]
pub async fn keep_tabs(
    app: State<'_, Arc<App>>,
    window: WebviewWindow,
    tabs: Vec<TabRecord>,
    active: Option<String>,
    layout: Option<String>,
) -> Result<(), AppError> {
    app.keep_tabs(window.label(), tabs, active, layout).await
}

/// A window's tabs as they were, opened without any session.
#[tauri::command]
#[specta::specta]
pub async fn workspace(app: State<'_, Arc<App>>, window: WebviewWindow) -> Result<Workspace, AppError> {
    app.workspace(window.label()).await
}

/// Puts an editor's edits on disk.
#[tauri::command]
#[specta::specta]
pub async fn journal(app: State<'_, Arc<App>>, entry: JournalEntry) -> Result<Journaled, AppError> {
    app.journal(entry).await
}

/// Forgets a tab, its text and its session.
#[tauri::command]
#[specta::specta]
pub async fn close_tab(app: State<'_, Arc<App>>, tab_id: String) -> Result<(), AppError> {
    app.close_tab(&tab_id).await
}

/// Brings back the tab closed last.
#[tauri::command]
#[specta::specta]
pub async fn reopen_tab(app: State<'_, Arc<App>>, window: WebviewWindow) -> Result<Option<RestoredTab>, AppError> {
    app.reopen_tab(window.label()).await
}

/// Executed statements, newest first.
#[tauri::command]
#[specta::specta]
pub async fn history(app: State<'_, Arc<App>>, query: HistoryQuery) -> Result<Vec<HistoryEntry>, AppError> {
    app.history(query).await
}

/// The audit trail, newest first.
#[tauri::command]
#[specta::specta]
pub async fn audit(app: State<'_, Arc<App>>, query: AuditQuery) -> Result<Vec<AuditEntry>, AppError> {
    app.audit(query).await
}

/// Forgets one entry, or all.
#[tauri::command]
#[specta::specta]
pub async fn forget_history(app: State<'_, Arc<App>>, id: Option<Whole>) -> Result<(), AppError> {
    app.forget_history(id.map(|id| id.0 as i64)).await
}
