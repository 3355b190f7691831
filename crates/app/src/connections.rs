//! Open connections: one per profile, its databases, its sessions counted.

mod asking;
mod attention;
mod budget;
mod connected;
mod opened;
mod pool;
mod state;
#[cfg(test)]
pub(crate) mod tests;
mod watching;

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{
    App,
    api::{AnswerInput, AppError, ConnectionPhase, ConnectionState, Topic},
    browse::InProgress,
    holds::Holds,
    profiles::SAMPLE,
    references::Asks,
    runs::Tabs,
};

pub(crate) use asking::{Questions, WindowAsk};
pub(crate) use attention::Attention;
pub(crate) use budget::Permit;
pub(crate) use connected::Connected;
pub(crate) use opened::{Opened, dialect_of};
pub(crate) use pool::Lent;

/// Everything a process has open: connections, tabs' sessions, held rows, questions.
pub(crate) struct Live {
    connected: Mutex<BTreeMap<String, Arc<Connected>>>,
    pub(crate) questions: Arc<Questions>,
    pub(crate) attention: Attention,
    pub(crate) tabs: Tabs,
    pub(crate) holds: Holds,
    pub(crate) browsing: InProgress,
    pub(crate) listening: crate::browse::Listening,
    pub(crate) asks: Asks,
    pub(crate) keys: crate::keys::Listings,
    pub(crate) followings: crate::following::Followings,
    pub(crate) results: results::Store,
}

/// Locks, whatever happened to others who held it.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Live {
    /// Nothing open yet. Rows will be kept under `home`, which is on a disk; temporary folders may be memory.
    ///
    /// # Errors
    /// `Exhausted`, `Internal` when the folder for results cannot be made.
    pub(crate) fn new(home: &Path) -> Result<Self, AppError> {
        let limits = results::Limits { folder: Some(home.join("results")), ..results::Limits::default() };
        Ok(Live {
            connected: Mutex::default(),
            questions: Arc::default(),
            attention: Attention::default(),
            tabs: Tabs::default(),
            holds: Holds::default(),
            browsing: InProgress::default(),
            listening: crate::browse::Listening::default(),
            asks: Asks::default(),
            keys: crate::keys::Listings::default(),
            followings: crate::following::Followings::default(),
            results: results::Store::new(limits)?,
        })
    }

    /// The connection of this profile, if there is one, open or not.
    pub(crate) fn find(&self, profile_id: &str) -> Option<Arc<Connected>> {
        lock(&self.connected).get(profile_id).cloned()
    }

    /// Every connection.
    pub(crate) fn all(&self) -> Vec<Arc<Connected>> {
        lock(&self.connected).values().cloned().collect()
    }
}

impl App {
    /// Opens a connection, or returns the open one.
    ///
    /// # Errors
    /// `NotFound` for a profile that is gone; `Unreachable`, `Unauthenticated`, `Forbidden`, `TimedOut`, `Corrupt`
    /// as the driver says; `KeychainUnavailable`; `Cancelled` when it was disconnected or a question refused meanwhile.
    pub async fn connect(&self, profile_id: &str) -> Result<ConnectionState, AppError> {
        let connected = self.connected(profile_id).await?;
        connected.open(None).await?;
        if matches!(connected.state().phase, ConnectionPhase::Lost { .. }) {
            connected.look_now();
        }
        Ok(connected.state())
    }

    /// Closes a connection and its sessions; always local and immediate. Rows that were read stay.
    ///
    /// # Errors
    /// None at present: what is not open is closed already.
    pub async fn disconnect(&self, profile_id: &str) -> Result<(), AppError> {
        let Some(connected) = lock(&self.live.connected).remove(profile_id) else { return Ok(()) };
        connected.end();
        self.events.changed(&[Topic::Connections, Topic::Catalog], Some(profile_id));
        Ok(())
    }

    /// Somebody does something at a window. Windows say so with every command and when they come to the front: while nobody
    /// does, servers are not asked whether they are still there.
    pub fn attend(&self) {
        self.live.attention.note();
    }

    /// Every connection that is not closed.
    pub fn connection_states(&self) -> Vec<ConnectionState> {
        self.live.all().iter().map(|connected| connected.state()).collect()
    }

    /// Answers a question.
    ///
    /// # Errors
    /// `NotFound` when it was answered elsewhere or is no longer of interest.
    pub fn answer(&self, id: &str, answer: AnswerInput) -> Result<(), AppError> {
        self.live.questions.answer(id, answer)
    }

    /// The connection of a profile; a new one is not opened yet.
    ///
    /// # Errors
    /// `NotFound`, `Unsupported` for a driver this program does not have.
    pub(crate) async fn connected(&self, profile_id: &str) -> Result<Arc<Connected>, AppError> {
        if let Some(connected) = self.live.find(profile_id)
            && !connected.is_stale()
        {
            return Ok(connected);
        }
        // As saved now: it may have been edited since an earlier attempt.
        let profile = match profile_id {
            SAMPLE => self.open_sample().await?,
            saved => self.profile(saved).await?,
        };
        let driver = Arc::clone(self.registry.get(&profile.driver)?);
        let mut all = lock(&self.live.connected);
        if let Some(connected) = all.get(profile_id)
            && !connected.is_stale()
        {
            return Ok(Arc::clone(connected));
        }
        let ask = Arc::new(WindowAsk::new(&self.shared()?, profile_id));
        let connected = Connected::new(&self.shared()?, profile, driver, ask, false);
        all.insert(profile_id.to_owned(), Arc::clone(&connected));
        Ok(connected)
    }

    /// Closes everything, for the end of the process.
    pub(crate) async fn close_connections(&self) {
        let all = std::mem::take(&mut *lock(&self.live.connected));
        for connected in all.into_values() {
            connected.end();
        }
    }
}
