//! Plans of statements.

use std::sync::Arc;

use app::{App, api::*};
use tauri::State;

use crate::wire::Whole;

/// Asks for the plan of a statement in its tab's session; may ask first.
#[tauri::command]
#[specta::specta]
pub async fn explain(app: State<'_, Arc<App>>, request: PlanRequest) -> Result<PlanAnswer, AppError> {
    app.explain(request).await
}

/// Stops what explains in a tab.
#[tauri::command]
#[specta::specta]
pub async fn cancel_plan(app: State<'_, Arc<App>>, tab_id: String) -> Result<(), AppError> {
    app.cancel_plan(&tab_id).await
}

/// A kept plan, by its line of the history.
#[tauri::command]
#[specta::specta]
pub async fn plan(app: State<'_, Arc<App>>, id: Whole) -> Result<ExplainedPlan, AppError> {
    app.plan(i64::try_from(id.0).unwrap_or(i64::MAX)).await
}

/// Kept plans: those of the same statement first.
#[tauri::command]
#[specta::specta]
pub async fn plans(app: State<'_, Arc<App>>, query: PlanQuery) -> Result<Vec<PlanLine>, AppError> {
    app.plans(query).await
}
