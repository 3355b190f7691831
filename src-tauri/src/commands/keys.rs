//! Keys and their values.

use std::sync::Arc;

use app::{App, api::*};
use tauri::State;

/// Begins a list of keys, read in the background.
#[tauri::command]
#[specta::specta]
pub async fn keys_list(app: State<'_, Arc<App>>, wanted: KeysWanted) -> Result<KeysProgress, AppError> {
    app.keys_list(wanted).await
}

/// Reads a list on that stopped.
#[tauri::command]
#[specta::specta]
pub async fn keys_go_on(app: State<'_, Arc<App>>, id: String) -> Result<KeysProgress, AppError> {
    app.keys_go_on(&id).await
}

/// Rows of a list as a tree.
#[tauri::command]
#[specta::specta]
pub async fn keys_window(app: State<'_, Arc<App>>, request: KeysWindowRequest) -> Result<KeysWindow, AppError> {
    app.keys_window(request).await
}

/// Forgets a list.
#[tauri::command]
#[specta::specta]
pub async fn keys_close(app: State<'_, Arc<App>>, id: String) -> Result<(), AppError> {
    app.keys_close(&id).await
}

/// What is known of these keys.
#[tauri::command]
#[specta::specta]
pub async fn keys_facts(
    app: State<'_, Arc<App>>,
    of: KeysOf,
    keys: Vec<String>,
) -> Result<Vec<Option<KeyFactsRow>>, AppError> {
    app.keys_facts(of, keys).await
}

/// Looks at many keys.
#[tauri::command]
#[specta::specta]
pub async fn keys_sample(app: State<'_, Arc<App>>, of: KeysOf, separator: String) -> Result<KeysSampled, AppError> {
    app.keys_sample(of, separator).await
}

/// Part of a key's value.
#[tauri::command]
#[specta::specta]
pub async fn key_read(app: State<'_, Arc<App>>, read: KeyRead) -> Result<KeyPart, AppError> {
    app.key_read(read).await
}

/// The groups that read a stream.
#[tauri::command]
#[specta::specta]
pub async fn key_groups(app: State<'_, Arc<App>>, of: KeysOf, key: String) -> Result<Vec<KeyGroup>, AppError> {
    app.key_groups(of, key).await
}

/// Changes a key; may ask first.
#[tauri::command]
#[specta::specta]
pub async fn key_change(app: State<'_, Arc<App>>, request: KeyChangeRequest) -> Result<KeyAnswer, AppError> {
    app.key_change(request).await
}

/// Removes keys; asks first.
#[tauri::command]
#[specta::specta]
pub async fn keys_remove(app: State<'_, Arc<App>>, removal: KeysRemoval) -> Result<KeyAnswer, AppError> {
    app.keys_remove(removal).await
}
