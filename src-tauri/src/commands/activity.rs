//! Activity: sessions, locks, sizes.

use std::sync::Arc;

use app::{App, api::*};
use tauri::State;

/// The sessions of a connection's server and who waits for whom.
#[tauri::command]
#[specta::specta]
pub async fn activity(app: State<'_, Arc<App>>, profile_id: String) -> Result<ActivityMoment, AppError> {
    app.activity(&profile_id).await
}

/// Sizes and use of the tables and indexes of a connection's database.
#[tauri::command]
#[specta::specta]
pub async fn activity_sizes(app: State<'_, Arc<App>>, profile_id: String) -> Result<ActivitySizes, AppError> {
    app.activity_sizes(&profile_id).await
}

/// Cancels what a session does, or ends it; may ask first.
#[tauri::command]
#[specta::specta]
pub async fn signal_session(app: State<'_, Arc<App>>, request: SignalRequest) -> Result<SignalAnswer, AppError> {
    app.signal_session(request).await
}

/// What a connection's server says of itself.
#[tauri::command]
#[specta::specta]
pub async fn server_report(app: State<'_, Arc<App>>, profile_id: String) -> Result<ServerTold, AppError> {
    app.server_report(&profile_id).await
}

/// The statements a connection's server found slow.
#[tauri::command]
#[specta::specta]
pub async fn slow_statements(app: State<'_, Arc<App>>, profile_id: String) -> Result<SlowRows, AppError> {
    app.slow_statements(&profile_id).await
}

/// Lets a server forget the statements it found slow; asks first.
#[tauri::command]
#[specta::specta]
pub async fn forget_slow(
    app: State<'_, Arc<App>>,
    profile_id: String,
    confirmed: bool,
) -> Result<ServerDeed, AppError> {
    app.forget_slow(&profile_id, confirmed).await
}
