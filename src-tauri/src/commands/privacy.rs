//! What is recorded, and forgetting it.

use std::sync::Arc;

use app::{App, api::*};
use tauri::State;

/// Writes what the query finds of the audit trail to a file and says how many lines.
#[tauri::command]
#[specta::specta]
pub async fn export_audit(
    app: State<'_, Arc<App>>,
    query: AuditQuery,
    path: String,
    format: AuditFormat,
) -> Result<u32, AppError> {
    app.export_audit(query, &path, format).await.map(|lines| u32::try_from(lines).unwrap_or(u32::MAX))
}

/// How much is kept, in all or of one connection.
#[tauri::command]
#[specta::specta]
pub async fn kept_amounts(app: State<'_, Arc<App>>, profile_id: Option<String>) -> Result<KeptAmounts, AppError> {
    app.kept_amounts(profile_id.as_deref()).await
}

/// Forgets what is asked for, for good, and says how much went.
#[tauri::command]
#[specta::specta]
pub async fn forget(app: State<'_, Arc<App>>, request: ForgetRequest) -> Result<KeptAmounts, AppError> {
    app.forget(request).await
}

/// Back to the first start; saved connections and their secrets only where asked.
#[tauri::command]
#[specta::specta]
pub async fn forget_everything(app: State<'_, Arc<App>>, connections: bool) -> Result<(), AppError> {
    app.forget_everything(connections).await
}
