//! What differs between two databases, each of them live, a file, or a folder of migrations.

use std::sync::Arc;

use app::{App, api::*};
use tauri::State;

/// Compares two sides; `compare_stop` stops it by the same id.
#[tauri::command]
#[specta::specta]
pub async fn compare_databases(
    app: State<'_, Arc<App>>,
    request: CompareRequest,
    compare_id: String,
) -> Result<CompareResult, AppError> {
    app.compare_databases(request, &compare_id).await
}

/// Stops a comparison, with what it reads and the scratch database it has made.
#[tauri::command]
#[specta::specta]
pub async fn compare_stop(app: State<'_, Arc<App>>, compare_id: String) -> Result<(), AppError> {
    app.stop_comparing(&compare_id);
    Ok(())
}
