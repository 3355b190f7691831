use crate::{App, api::*};

impl App {
    /// Executed statements, newest first.
    pub async fn history(&self, query: HistoryQuery) -> Result<Vec<HistoryEntry>, AppError> {
        todo!()
    }

    /// Forgets one entry, or all.
    pub async fn forget_history(&self, id: Option<i64>) -> Result<(), AppError> {
        todo!()
    }
}
