//! Folders of migrations, and how a database stands to them.

use std::sync::Arc;

use app::{App, api::*};
use tauri::State;

/// How a database stands to a folder; without one to the folder that was looked at last, or how its histories stand.
#[tauri::command]
#[specta::specta]
pub async fn migrations_status(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    folder: Option<String>,
) -> Result<MigrationStatus, AppError> {
    app.migrations_status(&profile_id, database.as_deref(), folder.as_deref()).await
}

/// What is to be done, statement by statement.
#[tauri::command]
#[specta::specta]
pub async fn migrations_review(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    request: MigrationRequest,
) -> Result<MigrationReview, AppError> {
    app.migrations_review(&profile_id, database.as_deref(), &request).await
}

/// Runs it and keeps nothing.
#[tauri::command]
#[specta::specta]
pub async fn migrations_try(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    request: MigrationRequest,
) -> Result<MigrationRan, AppError> {
    app.migrations_try(&profile_id, database.as_deref(), &request).await
}

/// Applies, or takes back.
#[tauri::command]
#[specta::specta]
pub async fn migrations_run(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    request: MigrationRequest,
    confirmed: Option<RunConsent>,
) -> Result<MigrationRan, AppError> {
    app.migrations_run(&profile_id, database.as_deref(), &request, confirmed.as_ref()).await
}

/// Says of a migration that failed what a person has made of it.
#[tauri::command]
#[specta::specta]
pub async fn migrations_settle(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    folder: String,
    version: String,
    settled: MigrationSettled,
) -> Result<MigrationStatus, AppError> {
    app.migrations_settle(&profile_id, database.as_deref(), &folder, &version, settled).await
}

/// Writes a migration, and tells its files.
#[tauri::command]
#[specta::specta]
pub async fn migrations_create(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    migration: NewMigration,
) -> Result<Vec<String>, AppError> {
    app.migrations_create(&profile_id, database.as_deref(), &migration).await
}
