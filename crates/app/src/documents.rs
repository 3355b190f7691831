//! Tabs and the texts in them: on disk before anyone is told so, back after any end of the process.
//!
//! A text is kept as a base and the edits typed since, so that a keystroke in a large script writes a few bytes; now and
//! then the edits are folded into a new base. Tabs belong to a window; what windows of an earlier process have left is
//! taken over by the first window of this one.

mod edits;
mod journal;
mod tabs;

use std::{
    collections::HashSet,
    sync::atomic::{AtomicBool, Ordering},
};

use sqlx::SqliteConnection;

use crate::{
    App, Face,
    api::{AppError, ErrorCode, JournalEntry, Journaled, RestoredTab, TabRecord, Workspace},
};

/// What this process knows of its windows and texts.
#[derive(Debug, Default)]
pub(crate) struct Documents {
    /// Windows that have asked for their tabs. Held while tabs are moved or listed.
    windows: tokio::sync::Mutex<HashSet<String>>,
    journals: tokio::sync::Mutex<journal::Journals>,
    /// Set while windows still have what was forgotten with everything else: until one asks for its tabs, none are kept.
    emptied: AtomicBool,
}

/// Held while everything is forgotten: nothing of a window is kept meanwhile.
pub(crate) struct StartingOver<'a> {
    _windows: tokio::sync::MutexGuard<'a, HashSet<String>>,
    _journals: tokio::sync::MutexGuard<'a, journal::Journals>,
}

impl Documents {
    /// Forgets what is known of windows and texts, and keeps none until a window begins anew.
    pub(crate) async fn start_over(&self) -> StartingOver<'_> {
        let mut windows = self.windows.lock().await;
        let mut journals = self.journals.lock().await;
        windows.clear();
        *journals = journal::Journals::default();
        self.emptied.store(true, Ordering::Release);
        StartingOver { _windows: windows, _journals: journals }
    }
}

impl App {
    /// A window's tabs as they were, opened without any session.
    ///
    /// # Errors
    /// As the store says.
    pub async fn workspace(&self, window: &str) -> Result<Workspace, AppError> {
        self.require_window()?;
        let mut windows = self.documents.windows.lock().await;
        self.documents.emptied.store(false, Ordering::Release);
        if windows.insert(window.to_owned()) {
            let typed = self.documents.journals.lock().await.tabs();
            let mut change = self.store.write().await?;
            tabs::adopt(&mut change, window, &windows, &typed).await?;
            change.commit().await?;
        }
        // One moment of the store: a base must not meet the edits of another.
        let mut moment = self.store.read().begin().await?;
        let workspace = tabs::list(&mut moment, window).await?;
        moment.rollback().await?;
        Ok(workspace)
    }

    /// Keeps a window's tabs; texts are journaled apart. A tab that is not among them any more counts as closed.
    ///
    /// # Errors
    /// As the store says; what was kept before stays.
    pub async fn keep_tabs(
        &self,
        window: &str,
        tabs: Vec<TabRecord>,
        active: Option<String>,
        layout: Option<String>,
    ) -> Result<(), AppError> {
        self.require_window()?;
        let windows = self.documents.windows.lock().await;
        if self.documents.emptied.load(Ordering::Acquire) {
            return Ok(());
        }
        let mut change = self.store.write().await?;
        // A window that never saw its tabs cannot have closed them.
        let complete = windows.contains(window);
        let pruned = tabs::keep(&mut change, window, &tabs, (active.as_deref(), layout.as_deref()), complete).await?;
        change.commit().await?;
        self.documents.journals.lock().await.forget(&pruned);
        Ok(())
    }

    /// Puts an editor's edits on disk.
    ///
    /// # Errors
    /// As the store says; the entry is then not kept and may be sent again.
    pub async fn journal(&self, entry: JournalEntry) -> Result<Journaled, AppError> {
        self.require_window()?;
        let mut journals = self.documents.journals.lock().await;
        if self.documents.emptied.load(Ordering::Acquire) {
            return Ok(Journaled::Kept);
        }
        journals.keep(&self.store, entry).await
    }

    /// Closes a tab and its session. Tab and text can be brought back for a while: see [`App::reopen_tab`].
    ///
    /// # Errors
    /// As the store says.
    pub async fn close_tab(&self, tab_id: &str) -> Result<(), AppError> {
        self.require_window()?;
        self.close_session(tab_id).await?;
        self.browse_unlisten(tab_id);
        self.live_close(tab_id);
        let windows = self.documents.windows.lock().await;
        let mut change = self.store.write().await?;
        let window = windows.iter().min().map_or("", String::as_str);
        let pruned = tabs::close(&mut change, tab_id, window).await?;
        change.commit().await?;
        self.documents.journals.lock().await.forget(&pruned);
        Ok(())
    }

    /// Brings back the tab closed last.
    ///
    /// # Errors
    /// As the store says.
    pub async fn reopen_tab(&self, window: &str) -> Result<Option<RestoredTab>, AppError> {
        self.require_window()?;
        let _windows = self.documents.windows.lock().await;
        let mut change = self.store.write().await?;
        let tab = tabs::reopen(&mut change, window).await?;
        change.commit().await?;
        Ok(tab)
    }

    /// Forgets closed tabs and their texts, in all or of a connection.
    pub(crate) async fn forget_closed_tabs(&self, profile_id: Option<&str>) -> Result<(), AppError> {
        let _windows = self.documents.windows.lock().await;
        let mut change = self.store.write().await?;
        let gone = tabs::forget_closed(&mut change, profile_id).await?;
        change.commit().await?;
        self.documents.journals.lock().await.forget(&gone);
        Ok(())
    }

    fn require_window(&self) -> Result<(), AppError> {
        match self.face() {
            Face::Window => Ok(()),
            Face::Cli => Err(AppError::new(ErrorCode::Unsupported, "Tabs belong to the window.")),
        }
    }
}

/// A tab's text and the number of its last edit; `None` when it has none.
async fn text(store: &mut SqliteConnection, tab_id: &str) -> Result<Option<(edits::Buffer, u32)>, AppError> {
    let base: Option<(String, u32)> = sqlx::query_as("SELECT base, sequence FROM texts WHERE tab_id = ?")
        .bind(tab_id)
        .fetch_optional(&mut *store)
        .await?;
    let Some((base, mut sequence)) = base else { return Ok(None) };
    let rows: Vec<(u32, String)> =
        sqlx::query_as("SELECT sequence, edits FROM text_edits WHERE tab_id = ? AND sequence > ? ORDER BY sequence")
            .bind(tab_id)
            .bind(sequence)
            .fetch_all(store)
            .await?;
    let mut buffer = edits::Buffer::new(&base);
    for (number, stored) in rows {
        // Entries are checked before they are kept, so this is a file that somebody else changed: what comes before the
        // damage is still the text of some moment.
        let read = edits::read(&stored).filter(|_| number == sequence.saturating_add(1));
        if !read.is_some_and(|edits| buffer.apply(&edits)) {
            tracing::error!(tab_id, number, "an edit in the journal does not fit its text; later ones are left out");
            break;
        }
        sequence = number;
    }
    Ok(Some((buffer, sequence)))
}

#[cfg(test)]
mod tests;
