//! The desktop face: windows and commands of a few lines over [`app`].

pub mod bindings;
mod commands;
mod windows;
mod wire;

use std::sync::Arc;

use app::{
    App,
    api::{AppError, ErrorCode},
};

/// The error of a platform whose webview cannot be started.
pub fn not_shown(error: tauri::Error) -> AppError {
    AppError::new(ErrorCode::Internal, format!("The window could not be opened: {error}."))
        .with_hint("Is there a display? Without one, use the command line: rowhouse --help.")
}

/// Shows the first window and stays until the last one closes.
///
/// `targets` are what other launches ask to be opened: each makes one more window.
///
/// # Errors
/// When the platform's webview cannot be started.
pub fn run(
    app: Arc<App>,
    first: Option<String>,
    mut targets: tokio::sync::mpsc::UnboundedReceiver<Option<String>>,
) -> tauri::Result<()> {
    let bindings = bindings::builder();
    let commands = bindings.invoke_handler();
    let attended = Arc::clone(&app);
    let fronted = Arc::clone(&app);
    tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .manage(app)
        .manage(windows::Targets::default())
        .invoke_handler(move |invoke| {
            // What a window reads again by itself is no sign of a person.
            if invoke.message.command() != "activity" {
                attended.attend();
            }
            commands(invoke)
        })
        .on_window_event(move |_, event| {
            if matches!(event, tauri::WindowEvent::Focused(true)) {
                fronted.attend();
            }
        })
        .setup(move |shell| {
            bindings.mount_events(shell);
            windows::open(shell.handle(), first)?;
            let handle = shell.handle().clone();
            tauri::async_runtime::spawn(async move {
                while let Some(target) = targets.recv().await {
                    if let Err(error) = windows::open(&handle, target) {
                        tracing::error!(%error, "a window could not be opened");
                    }
                }
            });
            Ok(())
        })
        .build(tauri::generate_context!())?
        .run(|_, _| {});
    Ok(())
}
