//! The catalog and the rows of relations.

use std::sync::Arc;

use app::{App, api::*};
use tauri::State;

use crate::wire::Whole;

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

/// Reads the rows of a hold once more, into a hold of their own; `keep` is a row to be found again.
#[tauri::command]
#[specta::specta]
pub async fn browse_again(
    app: State<'_, Arc<App>>,
    hold_id: String,
    keep: Option<Whole>,
) -> Result<BrowsedAgain, AppError> {
    app.browse_again(&hold_id, keep.map(|keep| keep.0)).await
}

/// What else is to be known of a relation whose rows are on show.
#[tauri::command]
#[specta::specta]
pub async fn browse_facts(
    app: State<'_, Arc<App>>,
    profile_id: String,
    object: ObjectRef,
    actor: Option<PolicyActor>,
) -> Result<BrowseFacts, AppError> {
    app.browse_facts(&profile_id, &object, actor.as_ref()).await
}

/// Listens on a channel for a data tab, which hears of what arrives by the event `message`.
#[tauri::command]
#[specta::specta]
pub async fn browse_listen(
    app: State<'_, Arc<App>>,
    tab_id: String,
    profile_id: String,
    object: ObjectRef,
    channel: String,
) -> Result<(), AppError> {
    app.browse_listen(&tab_id, &profile_id, &object, &channel).await
}

/// Stops listening for a tab.
#[tauri::command]
#[specta::specta]
pub fn browse_unlisten(app: State<'_, Arc<App>>, tab_id: String) {
    app.browse_unlisten(&tab_id);
}

/// The value of a held cell as a filter takes it; `None` is NULL.
#[tauri::command]
#[specta::specta]
pub async fn browse_value(
    app: State<'_, Arc<App>>,
    hold_id: String,
    row: Whole,
    column: u32,
) -> Result<Option<String>, AppError> {
    app.browse_value(&hold_id, row.0, column).await
}

/// The conditions of a data tab as one text for WHERE.
#[tauri::command]
#[specta::specta]
pub async fn browse_where(app: State<'_, Arc<App>>, request: BrowseRequest) -> Result<String, AppError> {
    app.browse_where(request).await
}
