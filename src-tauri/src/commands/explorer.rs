//! The catalog and the rows of relations.

use std::sync::Arc;

use app::{App, api::*};
use tauri::State;

/// Children of a node; `None` is the connection itself. Opens another database's control connection when its node is asked for.
#[tauri::command]
#[specta::specta]
pub async fn tree(
    app: State<'_, Arc<App>>,
    profile_id: String,
    parent: Option<String>,
    offset: u32,
    limit: u32,
) -> Result<TreePage, AppError> {
    app.tree(&profile_id, parent.as_deref(), offset, limit).await
}

/// Objects and columns whose names match, best first; `None` searches every open connection.
#[tauri::command]
#[specta::specta]
pub async fn search_catalog(
    app: State<'_, Arc<App>>,
    profile_id: Option<String>,
    text: String,
    limit: u32,
) -> Result<Vec<SearchHit>, AppError> {
    app.search_catalog(profile_id.as_deref(), &text, limit).await
}

/// Reads the catalog anew: all of it, or one schema or relation.
#[tauri::command]
#[specta::specta]
pub async fn refresh_catalog(
    app: State<'_, Arc<App>>,
    profile_id: String,
    object: Option<ObjectRef>,
) -> Result<(), AppError> {
    app.refresh_catalog(&profile_id, object).await
}

/// Everything about one relation but its rows.
#[tauri::command]
#[specta::specta]
pub async fn relation(
    app: State<'_, Arc<App>>,
    profile_id: String,
    object: ObjectRef,
) -> Result<RelationPage, AppError> {
    app.relation(&profile_id, &object).await
}

/// Everything about one object that is not a relation.
#[tauri::command]
#[specta::specta]
pub async fn object(app: State<'_, Arc<App>>, profile_id: String, object: ObjectRef) -> Result<ObjectPage, AppError> {
    app.object(&profile_id, &object).await
}

/// The statements that would make an object again.
#[tauri::command]
#[specta::specta]
pub async fn definition(
    app: State<'_, Arc<App>>,
    profile_id: String,
    object: ObjectRef,
) -> Result<Definition, AppError> {
    app.definition(&profile_id, &object).await
}

/// Opens a relation's rows: the first page at once, no count first.
#[tauri::command]
#[specta::specta]
pub async fn browse(app: State<'_, Arc<App>>, request: BrowseRequest) -> Result<Browsed, AppError> {
    app.browse(request).await
}

/// Appends the next page.
#[tauri::command]
#[specta::specta]
pub async fn browse_more(app: State<'_, Arc<App>>, hold_id: String) -> Result<HoldProgress, AppError> {
    app.browse_more(&hold_id).await
}

/// Counts the rows exactly under the same conditions; stopped by `browse_cancel`.
#[tauri::command]
#[specta::specta]
pub async fn browse_count(app: State<'_, Arc<App>>, request: BrowseRequest) -> Result<Counted, AppError> {
    app.browse_count(request).await
}

/// Stops a page or count in progress for this relation.
#[tauri::command]
#[specta::specta]
pub async fn browse_cancel(app: State<'_, Arc<App>>, profile_id: String, object: ObjectRef) -> Result<(), AppError> {
    app.browse_cancel(&profile_id, &object).await
}
