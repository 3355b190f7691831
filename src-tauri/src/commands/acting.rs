//! Acting as somebody else than the login.

use std::sync::Arc;

use app::{App, api::*};
use tauri::State;

/// The roles of a connection's server, and which of them tabs may act as.
#[tauri::command]
#[specta::specta]
pub async fn acting_roles(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
) -> Result<Vec<ActingRole>, AppError> {
    app.acting_roles(&profile_id, database.as_deref()).await
}

/// Whether the login may act as somebody.
#[tauri::command]
#[specta::specta]
pub async fn acting_check(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    actor: PolicyActor,
) -> Result<ActingCheck, AppError> {
    app.acting_check(&profile_id, database.as_deref(), &actor).await
}
