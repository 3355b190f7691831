//! Row security: how tables stand, what is staged and applied, statements tried as somebody else.

use std::{path::Path, sync::Arc};

use app::{App, api::*};
use tauri::State;

use crate::wire::Whole;

/// How the tables of a database stand.
#[tauri::command]
#[specta::specta]
pub async fn policy_overview(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
) -> Result<PolicyOverview, AppError> {
    app.policy_overview(&profile_id, database.as_deref()).await
}

/// Some of a database's tables.
#[tauri::command]
#[specta::specta]
pub async fn policy_tables(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    filter: PolicyTablesFilter,
    offset: u32,
    limit: u32,
) -> Result<PolicyTablePage, AppError> {
    app.policy_tables(&profile_id, database.as_deref(), filter, offset, limit).await
}

/// Everything about one table's row security.
#[tauri::command]
#[specta::specta]
pub async fn policy_table(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    on: PolicyOn,
) -> Result<PolicyTable, AppError> {
    app.policy_table(&profile_id, database.as_deref(), on).await
}

/// What row security does to a role's command on a table.
#[tauri::command]
#[specta::specta]
pub async fn policy_effect(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    on: PolicyOn,
    role: String,
    command: PolicyCommand,
    drafted: bool,
) -> Result<PolicyEffect, AppError> {
    app.policy_effect(&profile_id, database.as_deref(), on, role, command, drafted).await
}

/// What is staged for a database.
#[tauri::command]
#[specta::specta]
pub async fn policy_staged(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
) -> Result<PolicyDrafts, AppError> {
    app.policy_staged(&profile_id, database.as_deref()).await
}

/// Stages changes, and takes staged ones back.
#[tauri::command]
#[specta::specta]
pub async fn policy_stage(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    edits: Vec<PolicyEdit>,
) -> Result<PolicyDrafts, AppError> {
    app.policy_stage(&profile_id, database.as_deref(), edits).await
}

/// What applying everything that is staged will do, exactly.
#[tauri::command]
#[specta::specta]
pub async fn policy_plan(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    lock_timeout_ms: Option<u32>,
) -> Result<PolicyPlan, AppError> {
    app.policy_plan(&profile_id, database.as_deref(), lock_timeout_ms).await
}

/// Applies everything that is staged in one transaction; may ask first.
#[tauri::command]
#[specta::specta]
pub async fn policy_apply(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    acknowledged: Vec<String>,
    lock_timeout_ms: Option<u32>,
    confirmed: Option<RunConsent>,
) -> Result<PolicyApplied, AppError> {
    app.policy_apply(&profile_id, database.as_deref(), acknowledged, lock_timeout_ms, confirmed).await
}

/// Tries everything that is staged on the server and rolls it back.
#[tauri::command]
#[specta::specta]
pub async fn policy_check_on_server(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    lock_timeout_ms: Option<u32>,
) -> Result<PolicyTrial, AppError> {
    app.policy_check_on_server(&profile_id, database.as_deref(), lock_timeout_ms).await
}

/// Templates for a table, with its own columns.
#[tauri::command]
#[specta::specta]
pub async fn policy_templates(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    on: PolicyOn,
) -> Result<PolicyTemplates, AppError> {
    app.policy_templates(&profile_id, database.as_deref(), on).await
}

/// What a template makes of a table.
#[tauri::command]
#[specta::specta]
pub async fn policy_make(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    on: PolicyOn,
    template: PolicyTemplate,
    who: PolicyWho,
) -> Result<PolicyMade, AppError> {
    app.policy_make(&profile_id, database.as_deref(), on, template, who).await
}

/// A policy of a table as a draft for another one.
#[tauri::command]
#[specta::specta]
pub async fn policy_copy(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    from: PolicyOn,
    to: PolicyOn,
    policy: PolicyDraft,
) -> Result<PolicyCopied, AppError> {
    app.policy_copy(&profile_id, database.as_deref(), from, to, policy).await
}

/// A policy as SQL.
#[tauri::command]
#[specta::specta]
pub fn policy_write(app: State<'_, Arc<App>>, on: PolicyOn, policy: PolicyDraft) -> String {
    app.policy_write(&on, &policy)
}

/// A policy from SQL.
#[tauri::command]
#[specta::specta]
pub fn policy_read(app: State<'_, Arc<App>>, text: String, default_schema: String) -> PolicyRead {
    app.policy_read(&text, &default_schema)
}

/// Some tables of the matrix with all its roles.
#[tauri::command]
#[specta::specta]
pub async fn policy_matrix(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    filter: PolicyMatrixFilter,
    offset: u32,
    limit: u32,
) -> Result<PolicyMatrixPage, AppError> {
    app.policy_matrix(&profile_id, database.as_deref(), filter, offset, limit).await
}

/// Writes the matrix to a file, with the ways around.
#[tauri::command]
#[specta::specta]
pub async fn export_policy_matrix(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    filter: PolicyMatrixFilter,
    format: PolicyMatrixFormat,
    path: String,
) -> Result<(), AppError> {
    app.export_policy_matrix(&profile_id, database.as_deref(), filter, format, Path::new(&path)).await
}

/// Tries a statement as an actor; nothing of it stays.
#[tauri::command]
#[specta::specta]
pub async fn policy_attempt(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    attempt: PolicyAttempt,
) -> Result<PolicyAttempted, AppError> {
    app.policy_attempt(&profile_id, database.as_deref(), attempt).await
}

/// Tries a statement as two actors, the attempt's own first.
#[tauri::command]
#[specta::specta]
pub async fn policy_compare(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    attempt: PolicyAttempt,
    second: PolicyActor,
) -> Result<PolicyCompared, AppError> {
    app.policy_compare(&profile_id, database.as_deref(), attempt, second).await
}

/// Validates an expression as it is typed.
#[tauri::command]
#[specta::specta]
pub async fn policy_check(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    on: PolicyOn,
    command: PolicyCommand,
    part: PolicyExpression,
    text: String,
) -> Result<PolicyCheck, AppError> {
    app.policy_check(&profile_id, database.as_deref(), on, command, part, &text).await
}

/// What `ALTER ROLE … SET` says for sessions of a role.
#[tauri::command]
#[specta::specta]
pub async fn policy_role_settings(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    role: String,
) -> Result<Vec<(String, String)>, AppError> {
    app.policy_role_settings(&profile_id, database.as_deref(), &role).await
}

/// The actors that are kept with a connection.
#[tauri::command]
#[specta::specta]
pub async fn policy_actors(app: State<'_, Arc<App>>, profile_id: String) -> Result<Vec<SavedPolicyActor>, AppError> {
    app.policy_actors(&profile_id).await
}

/// Keeps an actor with a connection.
#[tauri::command]
#[specta::specta]
pub async fn keep_policy_actor(
    app: State<'_, Arc<App>>,
    profile_id: String,
    name: String,
    actor: PolicyActor,
) -> Result<(), AppError> {
    app.keep_policy_actor(&profile_id, &name, actor).await
}

/// Forgets an actor.
#[tauri::command]
#[specta::specta]
pub async fn remove_policy_actor(app: State<'_, Arc<App>>, profile_id: String, name: String) -> Result<(), AppError> {
    app.remove_policy_actor(&profile_id, &name).await
}

/// Runs a suite; nothing of it stays.
#[tauri::command]
#[specta::specta]
pub async fn policy_test(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    suite: String,
) -> Result<PolicySuiteReport, AppError> {
    app.policy_test(&profile_id, database.as_deref(), &suite).await
}

/// Makes a suite for a table.
#[tauri::command]
#[specta::specta]
pub async fn policy_suite(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    on: PolicyOn,
    actors: PolicySuiteActors,
) -> Result<PolicySuiteText, AppError> {
    app.policy_suite(&profile_id, database.as_deref(), on, actors).await
}

/// Lays a suite out as JSON and as pgTAP.
#[tauri::command]
#[specta::specta]
pub fn policy_suite_read(app: State<'_, Arc<App>>, text: String) -> Result<PolicySuiteText, AppError> {
    app.policy_suite_read(&text)
}

/// What is staged for a table would change for actors, row by row.
#[tauri::command]
#[specta::specta]
pub async fn policy_what_if(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    on: PolicyOn,
    actors: Vec<PolicyActor>,
    rows: u32,
) -> Result<PolicyWhatIf, AppError> {
    app.policy_what_if(&profile_id, database.as_deref(), on, actors, rows).await
}

/// Some rows of a table as actors.
#[tauri::command]
#[specta::specta]
pub async fn policy_users(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    mapping: PolicyUserMapping,
    filter: String,
    offset: u32,
    limit: u32,
) -> Result<PolicyUserPage, AppError> {
    app.policy_users(&profile_id, database.as_deref(), mapping, &filter, offset, limit).await
}

/// How users are read from a table.
#[tauri::command]
#[specta::specta]
pub async fn policy_user_mapping(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
) -> Result<PolicyUserMappings, AppError> {
    app.policy_user_mapping(&profile_id, database.as_deref()).await
}

/// Keeps how users are read from a table.
#[tauri::command]
#[specta::specta]
pub async fn keep_policy_user_mapping(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    mapping: Option<PolicyUserMapping>,
) -> Result<(), AppError> {
    app.keep_policy_user_mapping(&profile_id, database.as_deref(), mapping).await
}

/// What was tried of late.
#[tauri::command]
#[specta::specta]
pub async fn policy_tried(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
) -> Result<Vec<PolicyTried>, AppError> {
    app.policy_tried(&profile_id, database.as_deref()).await
}

/// A person has read what became of changes whose answer nobody got.
#[tauri::command]
#[specta::specta]
pub async fn forget_policy_apply(app: State<'_, Arc<App>>, profile_id: String, id: Whole) -> Result<(), AppError> {
    app.forget_policy_apply(&profile_id, i64::try_from(id.0).unwrap_or(i64::MAX)).await
}
