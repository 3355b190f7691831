//! Diagrams of databases.

use std::sync::Arc;

use app::{App, api::*};
use tauri::State;

use crate::wire::Whole;

/// The diagrams of a database, by name.
#[tauri::command]
#[specta::specta]
pub async fn diagrams(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
) -> Result<Vec<DiagramSummary>, AppError> {
    app.diagrams(&profile_id, database.as_deref()).await
}

/// A diagram with everything that is drawn: the one that is named, or the one that was opened last; where there is none, one of all
/// tables is made.
#[tauri::command]
#[specta::specta]
pub async fn open_diagram(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    diagram_id: Option<String>,
) -> Result<DiagramDrawing, AppError> {
    app.open_diagram(&profile_id, database.as_deref(), diagram_id.as_deref()).await
}

/// Makes a diagram and opens it.
#[tauri::command]
#[specta::specta]
pub async fn create_diagram(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    name: String,
    scope: DiagramScope,
) -> Result<DiagramDrawing, AppError> {
    app.create_diagram(&profile_id, database.as_deref(), &name, scope).await
}

/// Copies a diagram with its places and notes, and opens the copy.
#[tauri::command]
#[specta::specta]
pub async fn copy_diagram(
    app: State<'_, Arc<App>>,
    diagram_id: String,
    name: String,
) -> Result<DiagramDrawing, AppError> {
    app.copy_diagram(&diagram_id, &name).await
}

/// Gives a diagram another name.
#[tauri::command]
#[specta::specta]
pub async fn rename_diagram(app: State<'_, Arc<App>>, diagram_id: String, name: String) -> Result<(), AppError> {
    app.rename_diagram(&diagram_id, &name).await
}

/// Removes a diagram for good.
#[tauri::command]
#[specta::specta]
pub async fn remove_diagram(app: State<'_, Arc<App>>, diagram_id: String) -> Result<(), AppError> {
    app.remove_diagram(&diagram_id).await
}

/// Shows something else in a diagram; what stays keeps its place.
#[tauri::command]
#[specta::specta]
pub async fn scope_diagram(
    app: State<'_, Arc<App>>,
    diagram_id: String,
    scope: DiagramScope,
) -> Result<DiagramDrawing, AppError> {
    app.scope_diagram(&diagram_id, scope).await
}

/// Lays a diagram out anew: all of it where no box is named, or those boxes among themselves.
#[tauri::command]
#[specta::specta]
pub async fn arrange_diagram(
    app: State<'_, Arc<App>>,
    diagram_id: String,
    tables: Vec<DiagramTable>,
) -> Result<DiagramDrawing, AppError> {
    app.arrange_diagram(&diagram_id, tables).await
}

/// Remembers where a person put boxes.
#[tauri::command]
#[specta::specta]
pub async fn place_tables(
    app: State<'_, Arc<App>>,
    diagram_id: String,
    places: Vec<DiagramPlace>,
) -> Result<(), AppError> {
    app.place_tables(&diagram_id, places).await
}

/// The corners of lines between boxes, wherever those are on the screen.
#[tauri::command]
#[specta::specta]
pub fn route_lines(app: State<'_, Arc<App>>, courses: Vec<DiagramCourse>) -> Result<Vec<DiagramCorners>, AppError> {
    app.route_lines(&courses)
}

/// Remembers all notes, the colours of boxes that are drawn and those of frames.
#[tauri::command]
#[specta::specta]
pub async fn annotate_diagram(
    app: State<'_, Arc<App>>,
    diagram_id: String,
    notes: Vec<DiagramNote>,
    colours: Vec<(DiagramTable, u32)>,
    frames: Vec<(String, u32)>,
) -> Result<(), AppError> {
    app.annotate_diagram(&diagram_id, notes, colours, frames).await
}

/// The relations that can be reached from some over so many relationships, themselves included, over the whole database.
#[tauri::command]
#[specta::specta]
pub async fn related_tables(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    tables: Vec<DiagramTable>,
    steps: u32,
    inferred: bool,
) -> Result<Vec<DiagramTable>, AppError> {
    app.related_tables(&profile_id, database.as_deref(), tables, steps, inferred).await
}

/// The relations of a shortest way between two, themselves included, over the whole database.
#[tauri::command]
#[specta::specta]
pub async fn path_between(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    from: DiagramTable,
    to: DiagramTable,
    inferred: bool,
) -> Result<Option<Vec<DiagramTable>>, AppError> {
    app.path_between(&profile_id, database.as_deref(), from, to, inferred).await
}

/// Writes a diagram to a file and says how many bytes that took; only some boxes where any is named.
#[tauri::command]
#[specta::specta]
pub async fn export_diagram(
    app: State<'_, Arc<App>>,
    diagram_id: String,
    format: DiagramFormat,
    dark: bool,
    tables: Vec<DiagramTable>,
    path: String,
) -> Result<Whole, AppError> {
    app.export_diagram(&diagram_id, format, dark, tables, &path).await.map(Whole)
}

/// The relationships of one relation over the whole database, also those that names and types speak for.
#[tauri::command]
#[specta::specta]
pub async fn table_relations(
    app: State<'_, Arc<App>>,
    profile_id: String,
    database: Option<String>,
    table: DiagramTable,
) -> Result<DiagramRelations, AppError> {
    app.table_relations(&profile_id, database.as_deref(), table).await
}
