//! Windows of the one desktop process.

use std::{
    collections::HashMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use tauri::{AppHandle, Manager, WebviewUrl, WebviewWindowBuilder};

/// Labels are `main-1`, `main-2` …: tabs belong to a label, so that the first window finds its own again.
static NEXT: AtomicU32 = AtomicU32::new(1);

/// What each new window was opened for, until it asks.
#[derive(Default)]
pub struct Targets(Mutex<HashMap<String, String>>);

impl Targets {
    fn put(&self, label: &str, target: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(label.to_owned(), target);
    }

    /// What the window was opened for; once.
    pub fn take(&self, label: &str) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(label)
    }
}

/// Opens a window, on a connection or file where one is given.
///
/// # Errors
/// When the webview cannot be made.
pub fn open(handle: &AppHandle, target: Option<String>) -> tauri::Result<()> {
    let label = format!("main-{}", NEXT.fetch_add(1, Ordering::Relaxed));
    if let Some(target) = target {
        handle.state::<Targets>().put(&label, target);
    }
    WebviewWindowBuilder::new(handle, &label, WebviewUrl::App("index.html".into()))
        .title("Rowhouse")
        .inner_size(1440.0, 900.0)
        .min_inner_size(800.0, 560.0)
        // What is copied comes from the core: by then the key press that asked for it no longer counts as one to the webview.
        .enable_clipboard_access()
        .build()?;
    Ok(())
}
