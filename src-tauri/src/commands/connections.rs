//! Saved and open connections.

use std::sync::Arc;

use app::{App, api::*};
use tauri::{State, ipc::Channel};

/// The drivers and their connect forms.
#[tauri::command]
#[specta::specta]
pub fn drivers(app: State<'_, Arc<App>>) -> Vec<DriverForm> {
    app.drivers()
}

/// Saved connections, the sample included.
#[tauri::command]
#[specta::specta]
pub async fn profiles(app: State<'_, Arc<App>>) -> Result<Vec<ConnectionProfile>, AppError> {
    app.profiles().await
}

/// Saves a connection; its password goes to the keychain or nowhere.
#[tauri::command]
#[specta::specta]
pub async fn save_profile(app: State<'_, Arc<App>>, draft: ProfileDraft) -> Result<ConnectionProfile, AppError> {
    app.save_profile(draft).await
}

/// Copies a connection under a new name, its stored password too.
#[tauri::command]
#[specta::specta]
pub async fn duplicate_profile(app: State<'_, Arc<App>>, id: String) -> Result<ConnectionProfile, AppError> {
    app.duplicate_profile(&id).await
}

/// Removes a connection and its stored password.
#[tauri::command]
#[specta::specta]
pub async fn remove_profile(app: State<'_, Arc<App>>, id: String) -> Result<(), AppError> {
    app.remove_profile(&id).await
}

/// Reads a URL or file path into the form's values.
#[tauri::command]
#[specta::specta]
pub async fn parse_target(app: State<'_, Arc<App>>, text: String) -> Result<ParsedTarget, AppError> {
    app.parse_target(&text).await
}

/// Connects as `connect` does, tells each hop as it ends, and closes again.
#[tauri::command]
#[specta::specta]
pub async fn test_profile(
    app: State<'_, Arc<App>>,
    draft: ProfileDraft,
    test_id: String,
    on_hop: Channel<HopReport>,
) -> Result<TestReport, AppError> {
    // A window that went away hears nothing; the test ends all the same.
    app.test_profile(draft, &test_id, move |hop| drop(on_hop.send(hop))).await
}

/// Gives a test up.
#[tauri::command]
#[specta::specta]
pub fn stop_test(app: State<'_, Arc<App>>, test_id: String) {
    app.stop_test(&test_id);
}

/// The sample's profile; makes the database where it is missing.
#[tauri::command]
#[specta::specta]
pub async fn open_sample(app: State<'_, Arc<App>>) -> Result<ConnectionProfile, AppError> {
    app.open_sample().await
}

/// Opens a connection, or returns the open one.
#[tauri::command]
#[specta::specta]
pub async fn connect(app: State<'_, Arc<App>>, profile_id: String) -> Result<ConnectionState, AppError> {
    app.connect(&profile_id).await
}

/// Closes a connection and its sessions; always local and immediate.
#[tauri::command]
#[specta::specta]
pub async fn disconnect(app: State<'_, Arc<App>>, profile_id: String) -> Result<(), AppError> {
    app.disconnect(&profile_id).await
}

/// Every connection that is not closed.
#[tauri::command]
#[specta::specta]
pub fn connection_states(app: State<'_, Arc<App>>) -> Vec<ConnectionState> {
    app.connection_states()
}

/// Answers a question.
#[tauri::command]
#[specta::specta]
pub async fn answer(app: State<'_, Arc<App>>, id: String, answer: AnswerInput) -> Result<(), AppError> {
    app.answer(&id, answer)
}

/// Marks a connection as a favourite, or no longer.
#[tauri::command]
#[specta::specta]
pub async fn set_favourite(app: State<'_, Arc<App>>, profile_id: String, favourite: bool) -> Result<(), AppError> {
    app.set_favourite(&profile_id, favourite).await
}

/// Sets the schemas that are shown of a connection; none shows all.
#[tauri::command]
#[specta::specta]
pub async fn set_schemas(app: State<'_, Arc<App>>, profile_id: String, schemas: Vec<String>) -> Result<(), AppError> {
    app.set_schemas(&profile_id, schemas).await
}

/// A person agrees to the password command of a connection that came from a file.
#[tauri::command]
#[specta::specta]
pub async fn trust_command(
    app: State<'_, Arc<App>>,
    profile_id: String,
    digest: String,
) -> Result<ConnectionProfile, AppError> {
    app.trust_command(&profile_id, &digest).await
}

/// What connections can be imported from, with the files that are found.
#[tauri::command]
#[specta::specta]
pub async fn import_sources(app: State<'_, Arc<App>>) -> Result<Vec<ImportSource>, AppError> {
    app.import_sources().await
}

/// Reads a file of connections and says what each would become.
#[tauri::command]
#[specta::specta]
pub async fn preview_import(app: State<'_, Arc<App>>, request: ImportRequest) -> Result<ImportPreview, AppError> {
    app.preview_import(request).await
}

/// Saves the chosen connections of a preview.
#[tauri::command]
#[specta::specta]
pub async fn apply_import(
    app: State<'_, Arc<App>>,
    reference: String,
    chosen: Vec<u32>,
) -> Result<ImportOutcome, AppError> {
    app.apply_import(&reference, &chosen).await
}

/// Writes connections to a file, without secrets; no names means all.
#[tauri::command]
#[specta::specta]
pub async fn export_connections(app: State<'_, Arc<App>>, names: Vec<String>, path: String) -> Result<(), AppError> {
    app.export_connections_to(&names, std::path::Path::new(&path)).await
}
