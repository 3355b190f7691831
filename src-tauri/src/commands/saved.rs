//! Saved queries, and what their parameters were last.

use std::{path::Path, sync::Arc};

use app::{App, api::*};
use tauri::{State, WebviewWindow};
use tauri_plugin_dialog::DialogExt;
use tokio::sync::oneshot;

/// The saved queries that have the words and tags, and every folder and tag there is.
#[tauri::command]
#[specta::specta]
pub async fn saved_queries(app: State<'_, Arc<App>>, filter: SavedFilter) -> Result<SavedList, AppError> {
    app.saved_queries(filter).await
}

/// A saved query with its text.
#[tauri::command]
#[specta::specta]
pub async fn saved_query(app: State<'_, Arc<App>>, id: String) -> Result<SavedQuery, AppError> {
    app.saved_query(&id).await
}

/// Saves a text as a query.
#[tauri::command]
#[specta::specta]
pub async fn create_saved(
    app: State<'_, Arc<App>>,
    details: SavedDetails,
    text: String,
) -> Result<SavedQuery, AppError> {
    app.create_saved(details, text).await
}

/// Replaces a saved query's text; `Conflict` when another window saved another one since `version`.
#[tauri::command]
#[specta::specta]
pub async fn save_saved(
    app: State<'_, Arc<App>>,
    id: String,
    version: Option<u32>,
    text: String,
) -> Result<SavedQuery, AppError> {
    app.save_saved(&id, version, text).await
}

/// Renames, moves and tags a saved query.
#[tauri::command]
#[specta::specta]
pub async fn change_saved(app: State<'_, Arc<App>>, id: String, details: SavedDetails) -> Result<SavedHead, AppError> {
    app.change_saved(&id, details).await
}

/// Moves saved queries into a folder, all or none.
#[tauri::command]
#[specta::specta]
pub async fn move_saved(app: State<'_, Arc<App>>, ids: Vec<String>, folder: String) -> Result<(), AppError> {
    app.move_saved(&ids, &folder).await
}

/// Deletes saved queries; what is answered brings them back.
#[tauri::command]
#[specta::specta]
pub async fn remove_saved(app: State<'_, Arc<App>>, ids: Vec<String>) -> Result<SavedRemoval, AppError> {
    app.remove_saved(&ids).await
}

/// Brings back what was deleted.
#[tauri::command]
#[specta::specta]
pub async fn restore_saved(app: State<'_, Arc<App>>, removal: SavedRemoval) -> Result<(), AppError> {
    app.restore_saved(removal).await
}

/// Makes a folder.
#[tauri::command]
#[specta::specta]
pub async fn create_saved_folder(app: State<'_, Arc<App>>, path: String) -> Result<String, AppError> {
    app.create_saved_folder(&path).await
}

/// Renames or moves a folder with everything in it.
#[tauri::command]
#[specta::specta]
pub async fn move_saved_folder(app: State<'_, Arc<App>>, from: String, to: String) -> Result<String, AppError> {
    app.move_saved_folder(&from, &to).await
}

/// Deletes a folder with everything in it; what is answered brings it back.
#[tauri::command]
#[specta::specta]
pub async fn remove_saved_folder(app: State<'_, Arc<App>>, path: String) -> Result<SavedRemoval, AppError> {
    app.remove_saved_folder(&path).await
}

/// Writes saved queries as a folder of files.
#[tauri::command]
#[specta::specta]
pub async fn export_saved(
    app: State<'_, Arc<App>>,
    folder: Option<String>,
    path: String,
) -> Result<SavedExport, AppError> {
    app.export_saved(folder, Path::new(&path)).await
}

/// Reads a folder of files as saved queries.
#[tauri::command]
#[specta::specta]
pub async fn import_saved(
    app: State<'_, Arc<App>>,
    path: String,
    folder: Option<String>,
    replace: bool,
) -> Result<SavedImport, AppError> {
    app.import_saved(Path::new(&path), folder, replace).await
}

/// The last values for the placeholders of a text.
#[tauri::command]
#[specta::specta]
pub async fn remembered_parameters(
    app: State<'_, Arc<App>>,
    scope: ParameterScope,
) -> Result<Vec<ParameterValue>, AppError> {
    app.remembered_parameters(scope).await
}

/// Keeps values for next time, but those that look like secrets.
#[tauri::command]
#[specta::specta]
pub async fn remember_parameters(
    app: State<'_, Arc<App>>,
    scope: ParameterScope,
    values: Vec<ParameterValue>,
) -> Result<(), AppError> {
    app.remember_parameters(scope, values).await
}

/// Asks for a folder with the system's own dialog; `null` when none was chosen.
#[tauri::command]
#[specta::specta]
pub async fn pick_folder(window: WebviewWindow, title: String) -> Option<String> {
    let (sender, receiver) = oneshot::channel();
    window.dialog().file().set_parent(&window).set_title(title).pick_folder(move |path| {
        // The window may be gone by the time the dialog closes.
        let _ = sender.send(path);
    });
    receiver.await.ok().flatten().map(|path| path.to_string())
}
