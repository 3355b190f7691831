//! What is staged of a database's definitions, reviewed and applied.

use std::sync::Arc;

use app::{App, api::*};
use tauri::State;

use crate::wire::Whole;

/// What is staged of a database.
#[tauri::command]
#[specta::specta]
pub async fn structure_draft(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
) -> Result<StructureDraft, AppError> {
    app.structure_draft(&profile_id, database.as_deref()).await
}

/// What can be staged there.
#[tauri::command]
#[specta::specta]
pub async fn structure_abilities(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
) -> Result<StructureAbilities, AppError> {
    app.structure_abilities(&profile_id, database.as_deref()).await
}

/// Stages edits as one step, or takes staged ones back.
#[tauri::command]
#[specta::specta]
pub async fn edit_structure(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    edits: Vec<StructureEdit>,
) -> Result<StructureDraft, AppError> {
    app.edit_structure(&profile_id, database.as_deref(), edits).await
}

/// An object as it would be.
#[tauri::command]
#[specta::specta]
pub async fn structure_page(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    object: ObjectRef,
) -> Result<StructurePage, AppError> {
    app.structure_page(&profile_id, database.as_deref(), object).await
}

/// What applying will do.
#[tauri::command]
#[specta::specta]
pub async fn review_structure(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    online: Vec<ObjectRef>,
) -> Result<StructureReview, AppError> {
    app.review_structure(&profile_id, database.as_deref(), online).await
}

/// What is in danger by what was reviewed, counted by queries.
#[tauri::command]
#[specta::specta]
pub async fn weigh_structure(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    digest: String,
    online: Vec<ObjectRef>,
) -> Result<Vec<StructureRisk>, AppError> {
    app.weigh_structure(&profile_id, database.as_deref(), &digest, online).await
}

/// What the server says of what was reviewed, rolled back.
#[tauri::command]
#[specta::specta]
pub async fn try_structure(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    digest: String,
    online: Vec<ObjectRef>,
) -> Result<StructureTrial, AppError> {
    app.try_structure(&profile_id, database.as_deref(), &digest, online).await
}

/// Applies what was reviewed.
#[tauri::command]
#[specta::specta]
pub async fn apply_structure(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    digest: String,
    online: Vec<ObjectRef>,
    lock_timeout_ms: u32,
    confirmed: Option<RunConsent>,
) -> Result<StructureApplied, AppError> {
    app.apply_structure(&profile_id, database.as_deref(), &digest, online, lock_timeout_ms, confirmed).await
}

/// A person has read what became of a set.
#[tauri::command]
#[specta::specta]
pub async fn forget_structure_apply(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    id: Whole,
) -> Result<(), AppError> {
    app.forget_structure_apply(&profile_id, database.as_deref(), i64::try_from(id.0).unwrap_or(i64::MAX)).await
}

/// What was applied here lately, the newest first.
#[tauri::command]
#[specta::specta]
pub async fn structure_applied(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
) -> Result<Vec<StructureAppliedSet>, AppError> {
    app.structure_applied(&profile_id, database.as_deref()).await
}
