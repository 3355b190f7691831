//! Charts of held rows.

use std::sync::Arc;

use app::{App, api::*};
use tauri::State;

/// A first chart for held rows, and what their columns are on an axis.
#[tauri::command]
#[specta::specta]
pub async fn chart_suggest(app: State<'_, Arc<App>>, hold_id: String) -> Result<ChartSuggestion, AppError> {
    app.chart_suggest(&hold_id).await
}

/// What a chart of held rows shows; a newer one of the same rows stops it.
#[tauri::command]
#[specta::specta]
pub async fn chart_of(app: State<'_, Arc<App>>, hold_id: String, spec: ChartSpec) -> Result<ChartSeries, AppError> {
    app.chart_of(&hold_id, spec).await
}

/// The groups of a chart as a statement that asks the server for them.
#[tauri::command]
#[specta::specta]
pub async fn chart_on_server(
    app: State<'_, Arc<App>>,
    hold_id: String,
    spec: ChartSpec,
) -> Result<ServerQuery, AppError> {
    app.chart_on_server(&hold_id, spec).await
}

/// Stops what is drawn of held rows.
#[tauri::command]
#[specta::specta]
pub async fn stop_chart(app: State<'_, Arc<App>>, hold_id: String) -> Result<(), AppError> {
    app.stop_chart(&hold_id).await
}

/// Writes a drawn chart to a file.
#[tauri::command]
#[specta::specta]
pub async fn save_chart(app: State<'_, Arc<App>>, path: String, picture: ChartPicture) -> Result<(), AppError> {
    app.save_chart(&path, picture).await
}
