//! The advisor: what it found, what was accepted, fixes to read.

use std::{path::Path, sync::Arc};

use app::{App, api::*};
use tauri::State;

/// Runs every rule that concerns the database; `anew` reads all of it again.
#[tauri::command]
#[specta::specta]
pub async fn advise(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    anew: bool,
) -> Result<AdvisorReport, AppError> {
    app.advise(&profile_id, database.as_deref(), anew).await
}

/// What the rules found, errors first.
#[tauri::command]
#[specta::specta]
pub async fn advisor_findings(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    filter: AdvisorFilter,
    offset: u32,
    limit: u32,
) -> Result<AdvisorFindingPage, AppError> {
    app.advisor_findings(&profile_id, database.as_deref(), filter, offset, limit).await
}

/// Tables and other objects that something was found about, the worst first.
#[tauri::command]
#[specta::specta]
pub async fn advisor_objects(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    filter: AdvisorFilter,
    offset: u32,
    limit: u32,
) -> Result<AdvisorObjectPage, AppError> {
    app.advisor_objects(&profile_id, database.as_deref(), filter, offset, limit).await
}

/// A rule's published page.
#[tauri::command]
#[specta::specta]
pub fn advisor_rule(app: State<'_, Arc<App>>, id: String) -> Result<AdvisorRulePage, AppError> {
    app.advisor_rule(&id)
}

/// What a person said of a database, and what there is to choose from.
#[tauri::command]
#[specta::specta]
pub async fn advisor_options(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
) -> Result<AdvisorOptions, AppError> {
    app.advisor_options(&profile_id, database.as_deref()).await
}

/// Keeps what a person says of a database.
#[tauri::command]
#[specta::specta]
pub async fn keep_advisor_options(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    choice: AdvisorChoice,
) -> Result<AdvisorOptions, AppError> {
    app.keep_advisor_options(&profile_id, database.as_deref(), choice).await
}

/// Accepts findings.
#[tauri::command]
#[specta::specta]
pub async fn advisor_suppress(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    keys: Vec<String>,
    reason: String,
    author: String,
) -> Result<(), AppError> {
    app.advisor_suppress(&profile_id, database.as_deref(), keys, &reason, &author).await
}

/// Takes findings back that were accepted.
#[tauri::command]
#[specta::specta]
pub async fn advisor_unsuppress(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    keys: Vec<String>,
) -> Result<(), AppError> {
    app.advisor_unsuppress(&profile_id, database.as_deref(), keys).await
}

/// The fixes of these findings as one script.
#[tauri::command]
#[specta::specta]
pub async fn advisor_review(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    keys: Vec<String>,
) -> Result<AdvisorReview, AppError> {
    app.advisor_review(&profile_id, database.as_deref(), keys).await
}

/// Stages the fixes of findings as far as they are changes of row security.
#[tauri::command]
#[specta::specta]
pub async fn advisor_drafts(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    keys: Vec<String>,
) -> Result<AdvisorDrafted, AppError> {
    app.advisor_drafts(&profile_id, database.as_deref(), keys).await
}

/// Writes what the advisor says to a file.
#[tauri::command]
#[specta::specta]
pub async fn export_advisor(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    format: AdvisorFormat,
    path: String,
) -> Result<(), AppError> {
    app.export_advisor(&profile_id, database.as_deref(), format, Path::new(&path)).await
}

/// Accepts what a baseline file accepts.
#[tauri::command]
#[specta::specta]
pub async fn import_advisor_baseline(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    path: String,
) -> Result<u32, AppError> {
    app.import_advisor_baseline(&profile_id, database.as_deref(), Path::new(&path)).await
}

/// What scans have found that nobody has looked at yet.
#[tauri::command]
#[specta::specta]
pub fn advisor_news(app: State<'_, Arc<App>>) -> Vec<AdvisorNews> {
    app.advisor_news()
}
