//! Following what happens on a server.

use std::sync::Arc;

use app::{App, api::*};
use tauri::State;

/// What can be followed on a connection's server.
#[tauri::command]
#[specta::specta]
pub async fn live_offers(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
) -> Result<Vec<LiveOffer>, AppError> {
    app.live_offers(&profile_id, database.as_deref()).await
}

/// Whether the server tells of it now.
#[tauri::command]
#[specta::specta]
pub async fn live_outlook(app: State<'_, Arc<App>>, request: LiveRequest) -> Result<LiveOutlook, AppError> {
    app.live_outlook(request).await
}

/// Sends the statement that makes the server tell of it; asks first.
#[tauri::command]
#[specta::specta]
pub async fn live_switch_on(
    app: State<'_, Arc<App>>,
    request: LiveRequest,
    statement: String,
    confirmed: bool,
) -> Result<ServerDeed, AppError> {
    app.live_switch_on(request, statement, confirmed).await
}

/// Begins to follow for a tab, which hears of it by the event `live`.
#[tauri::command]
#[specta::specta]
pub async fn live_start(app: State<'_, Arc<App>>, request: LiveRequest) -> Result<LiveState, AppError> {
    app.live_start(request).await
}

/// What a tab follows, and where it stands.
#[tauri::command]
#[specta::specta]
pub fn live_state(app: State<'_, Arc<App>>, tab_id: String) -> Option<LiveState> {
    app.live_state(&tab_id)
}

/// Pauses, goes on, clears or ends what a tab follows.
#[tauri::command]
#[specta::specta]
pub fn live_order(app: State<'_, Arc<App>>, tab_id: String, order: LiveOrder) -> Result<(), AppError> {
    app.live_order(&tab_id, order)
}

/// Sends a message to whoever follows a topic; may ask first.
#[tauri::command]
#[specta::specta]
pub async fn live_publish(app: State<'_, Arc<App>>, publish: LivePublish) -> Result<ServerDeed, AppError> {
    app.live_publish(publish).await
}
