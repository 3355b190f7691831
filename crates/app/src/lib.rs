//! One async function per user action, over the drivers, the store and the keychain.
//!
//! The window and the terminal are two faces of this crate: they translate, it decides. It must not know
//! Tauri, nor how anything is drawn.
//!
//! A window process claims its home first ([`platform::instance::claim`]) and opens the core with the lock it got
//! ([`App::open_locked`]); everyone else calls [`App::open`].

pub mod api;
pub mod platform;

mod acting;
mod activity;
mod advisor;
mod audit;
mod browse;
pub mod catalog_files;
mod change_sets;
mod charts;
mod collections;
pub mod compare;
mod connections;
mod diagrams;
mod documents;
mod editor;
mod edits;
mod error;
mod events;
mod explorer;
mod files;
mod following;
mod forgetting;
mod generate;
mod history;
mod holds;
mod interchange;
mod keychain;
mod keys;
mod layouts;
mod migrations;
mod passwords;
mod plans;
mod policies;
mod profiles;
mod references;
mod registry;
mod retention;
mod runs;
mod sample;
mod saved;
mod scratch;
mod settings;
mod statistics;
mod store;
mod structure;
mod system;
pub mod terminal;
#[cfg(test)]
mod testing;
mod text;
mod transfers;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, OnceLock, PoisonError, RwLock, Weak},
    time::Duration,
};

use tokio::sync::mpsc;

use crate::{
    events::Events,
    keychain::Keychain,
    platform::{
        home,
        instance::{self, FileLock},
    },
    registry::Registry,
    store::{Presence, Store},
};

pub use audit::{HEADS as AUDIT_HEADS, cells as audit_cells};
pub use policies::{LIST_HEADS, MATRIX_HEADS, PolicyCells, PolicyList, PolicyProposal};
pub use text::Positions;

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

/// What a core is made of besides its home: the system's, or a test's.
pub(crate) struct Parts {
    pub(crate) keychain: Keychain,
    pub(crate) registry: Registry,
}

impl Parts {
    fn of_the_system() -> Self {
        Parts { keychain: Keychain::of_the_system(), registry: Registry::standard() }
    }
}

/// The core of one process.
pub struct App {
    face: Face,
    home: PathBuf,
    pub(crate) store: Store,
    pub(crate) keychain: Keychain,
    pub(crate) registry: Registry,
    pub(crate) events: Events,
    settings: RwLock<api::Settings>,
    presence: Presence,
    documents: documents::Documents,
    pub(crate) held: profiles::HeldSecrets,
    pub(crate) trials: profiles::Trials,
    pub(crate) previews: interchange::Previews,
    pub(crate) telling: history::Telling,
    pub(crate) used: editor::Used,
    pub(crate) kept: Arc<explorer::Kept>,
    pub(crate) live: connections::Live,
    pub(crate) edits: edits::Edits,
    pub(crate) transfers: transfers::Transfers,
    pub(crate) charts: charts::Charts,
    pub(crate) sending: change_sets::Sending,
    pub(crate) scans: advisor::Scans,
    pub(crate) scratches: scratch::Scratches,
    pub(crate) comparing: compare::Comparing,
    /// Itself, for tasks that outlive a call.
    me: OnceLock<Weak<App>>,
    /// Kept to the end: what a window process has and no other may have.
    _lock: Option<FileLock>,
}

/// How long another process may take to open or migrate the store.
const START: Duration = Duration::from_secs(30);

impl App {
    /// Opens the core: the store, the lock, the settings.
    ///
    /// # Errors
    /// `Conflict` when another window process holds the home; `Corrupt` for a store that is damaged or newer
    /// than the program; `Exhausted` for a full disk; `Forbidden` for a folder that cannot be written.
    pub async fn open(options: Options) -> Result<Arc<App>, api::AppError> {
        let home = home::folder(options.home.as_deref())?;
        App::open_with(home, options.face, None, Parts::of_the_system()).await
    }

    /// Opens the core of the window process that has claimed this home.
    ///
    /// # Errors
    /// As [`App::open`], `Conflict` apart.
    pub async fn open_locked(home: &Path, lock: FileLock) -> Result<Arc<App>, api::AppError> {
        App::open_with(home.to_owned(), Face::Window, Some(lock), Parts::of_the_system()).await
    }

    pub(crate) async fn open_with(
        home: PathBuf,
        face: Face,
        lock: Option<FileLock>,
        parts: Parts,
    ) -> Result<Arc<App>, api::AppError> {
        home::make(&home)?;
        let lock = match (face, lock) {
            (Face::Window, None) => {
                let path = instance::lock_path(&home);
                Some(FileLock::try_take(&path)?.ok_or_else(|| instance::busy(&path))?)
            }
            (_, lock) => lock,
        };
        let start = home.join("start.lock");
        let starting = tokio::task::spawn_blocking(move || FileLock::take(&start, START))
            .await
            .map_err(|_| api::AppError::internal("the start was interrupted"))??;
        let store = Store::open(&home).await?;
        let presence = Presence::begin(&home, &store).await?;
        let settings = settings::load(&store).await?;
        let live = connections::Live::new(&home)?;
        drop(starting);
        let app = App {
            face,
            kept: Arc::new(explorer::Kept::new(&home)),
            home,
            store,
            keychain: parts.keychain,
            registry: parts.registry,
            events: Events::default(),
            settings: RwLock::new(settings),
            presence,
            documents: documents::Documents::default(),
            held: profiles::HeldSecrets::default(),
            trials: profiles::Trials::default(),
            previews: interchange::Previews::default(),
            telling: history::Telling::default(),
            used: editor::Used::default(),
            live,
            edits: edits::Edits::default(),
            transfers: transfers::Transfers::default(),
            charts: charts::Charts::default(),
            sending: change_sets::Sending::default(),
            scans: advisor::Scans::default(),
            scratches: scratch::Scratches::default(),
            comparing: compare::Comparing::default(),
            me: OnceLock::new(),
            _lock: lock,
        };
        for profile_id in app.unrecorded().await? {
            app.kept.refuse(&profile_id, true);
        }
        if let Err(error) = app.forget_removed_saved().await {
            tracing::warn!(%error, "what was deleted of the saved queries stays for now");
        }
        let app = Arc::new(app);
        // Set once, here.
        let _ = app.me.set(Arc::downgrade(&app));
        retention::begin(&app).await;
        if face == Face::Window {
            advisor::begin(&app, advisor::PACE);
        }
        Ok(app)
    }

    /// Itself, for a task.
    ///
    /// # Errors
    /// `Internal` while the process is closing.
    pub(crate) fn shared(&self) -> Result<Arc<App>, api::AppError> {
        self.me.get().and_then(Weak::upgrade).ok_or_else(|| api::AppError::internal("the core is closing"))
    }

    /// Every change a face should know of; each call is one more listener.
    pub fn events(&self) -> mpsc::UnboundedReceiver<api::AppEvent> {
        self.events.listen()
    }

    /// Closes the store in order; a process that ends without it loses nothing either.
    pub async fn close(&self) {
        self.scratches_gone().await;
        self.close_connections().await;
        self.edits.behind.told().await;
        self.kept.flush().await;
        self.store.close().await;
    }

    /// Who uses this core.
    pub fn face(&self) -> Face {
        self.face
    }

    /// Where the store is.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// The settings as last read or saved by this process.
    pub(crate) fn current_settings(&self) -> api::Settings {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn remember_settings(&self, settings: api::Settings) {
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = settings;
    }

    /// This process's name in the store.
    pub(crate) fn process(&self) -> &str {
        self.presence.name()
    }

    /// Whether a process that shares the store is still there.
    pub(crate) fn is_alive(&self, process: &str) -> Result<bool, api::AppError> {
        Presence::is_alive(&self.home, process)
    }
}
