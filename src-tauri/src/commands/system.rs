//! The program itself.

use std::sync::Arc;

use app::{App, api::*};
use tauri::{AppHandle, State, WebviewWindow, ipc::Channel};
use tauri_plugin_dialog::DialogExt;
use tokio::sync::oneshot;

/// The settings.
#[tauri::command]
#[specta::specta]
pub async fn settings(app: State<'_, Arc<App>>) -> Result<Settings, AppError> {
    app.settings().await
}

/// Keeps the settings, values out of range brought into it.
#[tauri::command]
#[specta::specta]
pub async fn save_settings(app: State<'_, Arc<App>>, settings: Settings) -> Result<Settings, AppError> {
    app.save_settings(settings).await
}

/// The program and where it keeps things.
#[tauri::command]
#[specta::specta]
pub async fn about(app: State<'_, Arc<App>>) -> Result<About, AppError> {
    Ok(app.about().await)
}

/// Writes, reads and deletes a test entry in the OS keychain.
#[tauri::command]
#[specta::specta]
pub async fn probe_keychain(app: State<'_, Arc<App>>) -> Result<KeychainState, AppError> {
    Ok(app.probe_keychain().await)
}
/// Tells this window of every change, until it closes.
#[tauri::command]
#[specta::specta]
pub fn subscribe(app: State<'_, Arc<App>>, events: Channel<AppEvent>) {
    let mut receiver = app.events();
    tauri::async_runtime::spawn(async move {
        while let Some(event) = receiver.recv().await {
            if events.send(event).is_err() {
                break;
            }
        }
    });
}

/// Opens one more window.
#[tauri::command]
#[specta::specta]
pub async fn open_window(handle: AppHandle) -> Result<(), AppError> {
    crate::windows::open(&handle, None).map_err(crate::not_shown)
}

/// Asks for a file to open with the system's own dialog; `null` when none was chosen.
#[tauri::command]
#[specta::specta]
pub async fn pick_file(window: WebviewWindow, title: String) -> Option<String> {
    let (sender, receiver) = oneshot::channel();
    window.dialog().file().set_parent(&window).set_title(title).pick_file(move |path| {
        // The window may be gone by the time the dialog closes.
        let _ = sender.send(path);
    });
    receiver.await.ok().flatten().map(|path| path.to_string())
}

/// Asks where to save with the system's own dialog; `null` when it was closed.
#[tauri::command]
#[specta::specta]
pub async fn pick_save_path(window: WebviewWindow, title: String, name: String) -> Option<String> {
    let (sender, receiver) = oneshot::channel();
    window.dialog().file().set_parent(&window).set_title(title).set_file_name(name).save_file(move |path| {
        let _ = sender.send(path);
    });
    receiver.await.ok().flatten().map(|path| path.to_string())
}

/// What this window was opened for: a connection's name or target, given on the command line.
#[tauri::command]
#[specta::specta]
pub fn opened_for(window: WebviewWindow, targets: State<'_, crate::windows::Targets>) -> Option<String> {
    targets.take(window.label())
}
