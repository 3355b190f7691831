//! Rows that are made up.

use std::sync::Arc;

use app::{App, api::*};
use tauri::{State, ipc::Channel};

use super::transfer::passed_on;

/// Tables that made-up rows can go into, when a table or a schema is named.
#[tauri::command]
#[specta::specta]
pub async fn generate_offer(
    app: State<'_, Arc<App>>,
    profile_id: String,
    object: ObjectRef,
) -> Result<GenerateOffer, AppError> {
    app.generate_offer(&profile_id, &object).await
}

/// What would be made up, with the first rows of every table.
#[tauri::command]
#[specta::specta]
pub async fn generate_look(app: State<'_, Arc<App>>, request: Generate) -> Result<GenerateLook, AppError> {
    app.generate_look(&request).await
}

/// Makes rows up and returns the transfer's id; what happens comes by `events`.
#[tauri::command]
#[specta::specta]
pub async fn generate_rows(
    app: State<'_, Arc<App>>,
    request: Generate,
    events: Channel<TransferEvent>,
) -> Result<String, AppError> {
    app.generate(request, passed_on(events)).await
}
