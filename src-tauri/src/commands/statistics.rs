//! What columns look like.

use std::sync::Arc;

use app::{App, api::*};
use tauri::State;

/// Looks at every held value of some columns, at most 32 at once; stopped by `stop_asking`.
#[tauri::command]
#[specta::specta]
pub async fn column_statistics(
    app: State<'_, Arc<App>>,
    ask_id: String,
    hold_id: String,
    columns: Vec<u32>,
) -> Result<Vec<ColumnStatistics>, AppError> {
    app.column_statistics(&ask_id, &hold_id, columns).await
}

/// Asks the server to look at every value of a relation's column; stopped by `stop_asking`.
#[tauri::command]
#[specta::specta]
pub async fn column_statistics_on_server(
    app: State<'_, Arc<App>>,
    ask_id: String,
    request: BrowseRequest,
    column: String,
) -> Result<ColumnStatistics, AppError> {
    app.column_statistics_on_server(&ask_id, request, &column).await
}

/// Which pairs among these columns tell the held rows apart.
#[tauri::command]
#[specta::specta]
pub async fn key_pairs(
    app: State<'_, Arc<App>>,
    ask_id: String,
    hold_id: String,
    columns: Vec<u32>,
) -> Result<KeyPairs, AppError> {
    app.key_pairs(&ask_id, &hold_id, columns).await
}
