//! Running scripts and reading what they returned.

use std::sync::Arc;

use app::{App, api::*};
use tauri::{State, ipc::Channel};
use tokio::sync::mpsc;

use crate::wire::{Raw, Whole};

/// Asks the server to stop the statement in progress and skips the rest.
#[tauri::command]
#[specta::specta]
pub async fn cancel_run(app: State<'_, Arc<App>>, run_id: String) -> Result<(), AppError> {
    app.cancel_run(&run_id).await
}

/// Closes a tab's session, whatever it does; the next run opens a new one.
#[tauri::command]
#[specta::specta]
pub async fn close_session(app: State<'_, Arc<App>>, tab_id: String) -> Result<(), AppError> {
    app.close_session(&tab_id).await
}

/// Commits a tab's transaction, or rolls it back.
#[tauri::command]
#[specta::specta]
pub async fn end_transaction(app: State<'_, Arc<App>>, tab_id: String, commit: bool) -> Result<(), AppError> {
    app.end_transaction(&tab_id, commit).await
}

/// Lets the time begin anew after which a tab's unused transaction is rolled back.
#[tauri::command]
#[specta::specta]
pub async fn keep_transaction(app: State<'_, Arc<App>>, tab_id: String) -> Result<(), AppError> {
    app.keep_transaction(&tab_id).await
}

/// A tab's session, if it has one.
#[tauri::command]
#[specta::specta]
pub fn tab_session(app: State<'_, Arc<App>>, tab_id: String) -> Option<TabSession> {
    app.tab_session(&tab_id)
}

/// Reads on to the next cap.
#[tauri::command]
#[specta::specta]
pub async fn hold_more(app: State<'_, Arc<App>>, hold_id: String) -> Result<(), AppError> {
    app.hold_more(&hold_id).await
}

/// Reads on to the end.
#[tauri::command]
#[specta::specta]
pub async fn hold_all(app: State<'_, Arc<App>>, hold_id: String) -> Result<(), AppError> {
    app.hold_all(&hold_id).await
}

/// Runs the statement of a result once more, into a hold of its own; `keep` is a row to be found again.
#[tauri::command]
#[specta::specta]
pub async fn hold_again(app: State<'_, Arc<App>>, hold_id: String, keep: Option<Whole>) -> Result<HeldAgain, AppError> {
    app.hold_again(&hold_id, keep.map(|keep| keep.0)).await
}

/// Stops reading; what is there stays.
#[tauri::command]
#[specta::specta]
pub async fn hold_stop(app: State<'_, Arc<App>>, hold_id: String) -> Result<(), AppError> {
    app.hold_stop(&hold_id).await
}

/// Gives up a window's lease; the last one frees memory and disk.
#[tauri::command]
#[specta::specta]
pub async fn hold_release(app: State<'_, Arc<App>>, hold_id: String) -> Result<(), AppError> {
    app.hold_release(&hold_id).await
}

/// Full values of a range as text.
#[tauri::command]
#[specta::specta]
pub async fn copy(app: State<'_, Arc<App>>, request: CopyRequest) -> Result<Copied, AppError> {
    app.copy(request).await
}
/// Starts a script in its tab's session and returns the run's id; what happens comes by `events`.
#[tauri::command]
#[specta::specta]
pub async fn run(
    app: State<'_, Arc<App>>,
    request: RunRequest,
    events: Channel<RunEvent>,
) -> Result<RunAnswer, AppError> {
    let (sender, mut receiver) = mpsc::unbounded_channel();
    tauri::async_runtime::spawn(async move {
        while let Some(event) = receiver.recv().await {
            // A window that is gone hears nothing; its run is stopped when its tabs are.
            if events.send(event).is_err() {
                break;
            }
        }
    });
    app.run(request, sender).await
}

/// Rows as one Arrow IPC stream.
#[tauri::command]
#[specta::specta]
pub async fn hold_window(
    app: State<'_, Arc<App>>,
    hold_id: String,
    first: Whole,
    rows: u32,
    columns: Vec<u32>,
) -> Result<Raw, AppError> {
    app.hold_window(&hold_id, first.0, rows, columns).await.map(Raw)
}

/// Bytes of one cell.
#[tauri::command]
#[specta::specta]
pub async fn hold_cell(
    app: State<'_, Arc<App>>,
    hold_id: String,
    row: Whole,
    column: u32,
    offset: Whole,
    length: Whole,
) -> Result<Raw, AppError> {
    app.hold_cell(&hold_id, row.0, column, offset.0, length.0).await.map(Raw)
}

/// Writes one value to a file; how many bytes it has.
#[tauri::command]
#[specta::specta]
pub async fn save_cell(app: State<'_, Arc<App>>, path: String, cell: SavedCell) -> Result<Whole, AppError> {
    app.save_cell(&path, cell).await.map(Whole)
}

/// Filters and sorts held rows without asking the server; what is answered takes a hold's place.
#[tauri::command]
#[specta::specta]
pub async fn hold_view(app: State<'_, Arc<App>>, hold_id: String, request: ViewRequest) -> Result<HoldView, AppError> {
    app.hold_view(&hold_id, request).await
}

/// For every row of a view, the number of the held row it is: 32 bits each, least byte first.
#[tauri::command]
#[specta::specta]
pub async fn hold_view_rows(app: State<'_, Arc<App>>, hold_id: String) -> Result<Raw, AppError> {
    app.hold_view_rows(&hold_id).await.map(Raw)
}

/// The statement of held rows with a filter and a sort put around it, for the server to do.
#[tauri::command]
#[specta::specta]
pub fn hold_on_server(
    app: State<'_, Arc<App>>,
    hold_id: String,
    request: ViewRequest,
) -> Result<ServerQuery, AppError> {
    app.hold_on_server(&hold_id, request)
}

/// Looks for a text in held rows, round the end.
#[tauri::command]
#[specta::specta]
pub async fn hold_find(app: State<'_, Arc<App>>, request: FindRequest) -> Result<Found, AppError> {
    app.hold_find(request).await
}
