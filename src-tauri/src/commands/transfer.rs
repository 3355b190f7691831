//! Rows to files and from files.

use std::sync::Arc;

use app::{App, api::*};
use tauri::{State, ipc::Channel};
use tokio::sync::mpsc;

/// What can be exported from held rows.
#[tauri::command]
#[specta::specta]
pub async fn export_offer(app: State<'_, Arc<App>>, hold_id: String) -> Result<ExportOffer, AppError> {
    app.export_offer(&hold_id).await
}

/// Writes rows to a file and returns the transfer's id; what happens comes by `events`.
#[tauri::command]
#[specta::specta]
pub async fn export_rows(
    app: State<'_, Arc<App>>,
    request: ExportRequest,
    events: Channel<TransferEvent>,
) -> Result<String, AppError> {
    app.export(request, passed_on(events)).await
}

/// Reads a whole file for what its columns are, and looks the table up.
#[tauri::command]
#[specta::specta]
pub async fn import_look(app: State<'_, Arc<App>>, look: FileLook) -> Result<FileContents, AppError> {
    app.import_look(look).await
}

/// Puts the rows of a file into a table and returns the transfer's id; what happens comes by `events`.
#[tauri::command]
#[specta::specta]
pub async fn import_rows(
    app: State<'_, Arc<App>>,
    request: FileImport,
    events: Channel<TransferEvent>,
) -> Result<String, AppError> {
    app.import(request, passed_on(events)).await
}

/// Stops an export or an import.
#[tauri::command]
#[specta::specta]
pub async fn stop_transfer(app: State<'_, Arc<App>>, transfer_id: String) -> Result<(), AppError> {
    app.stop_transfer(&transfer_id).await
}

pub(super) fn passed_on(events: Channel<TransferEvent>) -> mpsc::UnboundedSender<TransferEvent> {
    let (sender, mut receiver) = mpsc::unbounded_channel();
    tauri::async_runtime::spawn(async move {
        while let Some(event) = receiver.recv().await {
            // A window that is gone hears nothing; what was begun goes on.
            if events.send(event).is_err() {
                break;
            }
        }
    });
    sender
}
