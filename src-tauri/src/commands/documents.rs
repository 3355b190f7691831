//! Held documents.

use std::sync::Arc;

use app::{App, api::*};
use tauri::State;

use crate::wire::Whole;

/// Documents of a hold as texts.
#[tauri::command]
#[specta::specta]
pub async fn hold_documents(
    app: State<'_, Arc<App>>,
    hold_id: String,
    first: Whole,
    count: u32,
    style: DocumentStyle,
) -> Result<Vec<DocumentText>, AppError> {
    app.hold_documents(&hold_id, first.0, count, style).await
}

/// The whole text of one document.
#[tauri::command]
#[specta::specta]
pub async fn hold_document(
    app: State<'_, Arc<App>>,
    hold_id: String,
    row: Whole,
    style: DocumentStyle,
) -> Result<String, AppError> {
    app.hold_document(&hold_id, row.0, style).await
}

/// Fields of a document, or of what is inside it.
#[tauri::command]
#[specta::specta]
pub async fn hold_document_fields(
    app: State<'_, Arc<App>>,
    request: DocumentFieldsRequest,
) -> Result<DocumentFields, AppError> {
    app.hold_document_fields(request).await
}

/// The same documents with columns for the fields of more of them.
#[tauri::command]
#[specta::specta]
pub async fn hold_infer(app: State<'_, Arc<App>>, hold_id: String) -> Result<ResultHead, AppError> {
    app.hold_infer(&hold_id).await
}

/// What fields the documents of a collection have, by a sample.
#[tauri::command]
#[specta::specta]
pub async fn collection_fields(
    app: State<'_, Arc<App>>,
    profile_id: String,
    collection: ObjectRef,
) -> Result<CollectionFields, AppError> {
    app.collection_fields(&profile_id, &collection).await
}

/// What a document becomes by changes.
#[tauri::command]
#[specta::specta]
pub async fn document_preview(app: State<'_, Arc<App>>, edit: DocumentEdit) -> Result<DocumentPreview, AppError> {
    app.document_preview(edit).await
}

/// Changes a document; may ask first.
#[tauri::command]
#[specta::specta]
pub async fn document_change(
    app: State<'_, Arc<App>>,
    request: DocumentChangeRequest,
) -> Result<DocumentAnswer, AppError> {
    app.document_change(request).await
}

/// The statement that tries the first stages of a pipeline out.
#[tauri::command]
#[specta::specta]
pub async fn pipeline_preview(app: State<'_, Arc<App>>, request: PipelineRequest) -> Result<String, AppError> {
    app.pipeline_preview(request).await
}

/// The rules of a collection, as they are now.
#[tauri::command]
#[specta::specta]
pub async fn collection_rules(
    app: State<'_, Arc<App>>,
    profile_id: String,
    collection: ObjectRef,
) -> Result<CollectionRules, AppError> {
    app.collection_rules(&profile_id, &collection).await
}

/// Documents there are that a validator would refuse.
#[tauri::command]
#[specta::specta]
pub async fn collection_rules_try(
    app: State<'_, Arc<App>>,
    profile_id: String,
    collection: ObjectRef,
    validator: String,
) -> Result<RulesBreaking, AppError> {
    app.collection_rules_try(&profile_id, &collection, &validator).await
}

/// Makes other rules those of a collection.
#[tauri::command]
#[specta::specta]
pub async fn collection_rules_change(
    app: State<'_, Arc<App>>,
    request: RulesChangeRequest,
) -> Result<RulesAnswer, AppError> {
    app.collection_rules_change(request).await
}
