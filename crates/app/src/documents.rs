use crate::{App, api::*};

impl App {
    /// A window's tabs as they were, opened without any session.
    pub async fn workspace(&self, window: &str) -> Result<Workspace, AppError> {
        todo!()
    }

    /// Keeps a window's tabs; texts are journaled apart.
    pub async fn keep_tabs(&self, window: &str, tabs: Vec<TabRecord>, active: Option<String>) -> Result<(), AppError> {
        todo!()
    }

    /// Puts an editor's edits on disk.
    pub async fn journal(&self, entry: JournalEntry) -> Result<Journaled, AppError> {
        todo!()
    }

    /// Forgets a tab, its text and its session.
    pub async fn close_tab(&self, tab_id: &str) -> Result<(), AppError> {
        todo!()
    }

    /// Brings back the tab closed last.
    pub async fn reopen_tab(&self, window: &str) -> Result<Option<RestoredTab>, AppError> {
        todo!()
    }
}
