//! One async function per user action, over the drivers, the store and the keychain.
//!
//! The window and the terminal are two faces of this crate: they translate, it decides. It must not know
//! Tauri, nor how anything is drawn.

pub mod api;

mod browse;
mod connections;
mod documents;
mod editor;
mod explorer;
mod history;
mod profiles;
mod runs;
mod settings;
mod system;

use std::path::PathBuf;

use tokio::sync::mpsc;

/// Who uses the core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// The desktop process: one per home, holds the tabs.
    Window,
    /// The terminal: shares the store, never touches tabs.
    Cli,
}

/// How to open the core.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the store is; `None` takes `ROWHOUSE_HOME` or the platform's data folder.
    pub home: Option<PathBuf>,
    /// Who uses it.
    pub face: Face,
}

/// The core of one process.
pub struct App {}

impl App {
    /// Every change a face should know of; each call is one more listener.
    pub fn events(&self) -> mpsc::UnboundedReceiver<api::AppEvent> {
        todo!()
    }
}

impl App {
    /// Opens the core: the store, the lock, the settings.
    ///
    /// # Errors
    /// `Conflict` when another window process holds the home; `Corrupt` for a store that is damaged or newer
    /// than the program; `Exhausted` for a full disk; `Forbidden` for a folder that cannot be written.
    pub async fn open(options: Options) -> Result<std::sync::Arc<App>, api::AppError> {
        todo!()
    }
}
