//! How the columns of relations' rows are arranged.

use std::sync::Arc;

use app::{App, api::*};
use tauri::State;

/// How a person left the columns of a relation's rows.
#[tauri::command]
#[specta::specta]
pub async fn relation_layout(
    app: State<'_, Arc<App>>,
    profile_id: String,
    object: ObjectRef,
) -> Result<Option<RelationLayout>, AppError> {
    app.relation_layout(&profile_id, &object).await
}

/// Remembers how the columns of a relation's rows are arranged; none forgets it.
#[tauri::command]
#[specta::specta]
pub async fn keep_relation_layout(
    app: State<'_, Arc<App>>,
    profile_id: String,
    object: ObjectRef,
    layout: Option<RelationLayout>,
) -> Result<(), AppError> {
    app.keep_relation_layout(&profile_id, &object, layout).await
}
