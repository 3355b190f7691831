//! How safe a database is, as far as it is known.

use std::sync::Arc;

use app::{App, api::*};
use tauri::State;

/// What is known of a database without asking anybody.
#[tauri::command]
#[specta::specta]
pub fn security_figures(app: State<'_, Arc<App>>, profile_id: String, database: Option<String>) -> SecurityFigures {
    app.security_figures(&profile_id, database.as_deref())
}
