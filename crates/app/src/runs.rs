use tokio::sync::mpsc;

use crate::{App, api::*};

impl App {
    /// Starts a script in its tab's session and returns the run's id; what happens comes by `events`, `Started` first and `Finished` last.
    pub async fn run(&self, request: RunRequest, events: mpsc::UnboundedSender<RunEvent>) -> Result<String, AppError> {
        todo!()
    }

    /// Asks the server to stop the statement in progress and skips the rest.
    pub async fn cancel_run(&self, run_id: &str) -> Result<(), AppError> {
        todo!()
    }

    /// Closes a tab's session, whatever it does; the next run opens a new one.
    pub async fn close_session(&self, tab_id: &str) -> Result<(), AppError> {
        todo!()
    }

    /// A tab's session, if it has one.
    pub fn tab_session(&self, tab_id: &str) -> Option<TabSession> {
        todo!()
    }

    /// Reads on to the next cap.
    pub async fn hold_more(&self, hold_id: &str) -> Result<(), AppError> {
        todo!()
    }

    /// Reads on to the end.
    pub async fn hold_all(&self, hold_id: &str) -> Result<(), AppError> {
        todo!()
    }

    /// Stops reading; what is there stays.
    pub async fn hold_stop(&self, hold_id: &str) -> Result<(), AppError> {
        todo!()
    }

    /// Gives up a window's lease; the last one frees memory and disk.
    pub async fn hold_release(&self, hold_id: &str) -> Result<(), AppError> {
        todo!()
    }

    /// Rows as one Arrow IPC stream; cells over 4 KiB are cut and marked in a `<i>#long` column.
    pub async fn hold_window(
        &self,
        hold_id: &str,
        first: u64,
        rows: u32,
        columns: Vec<u32>,
    ) -> Result<Vec<u8>, AppError> {
        todo!()
    }

    /// Bytes of one cell.
    pub async fn hold_cell(
        &self,
        hold_id: &str,
        row: u64,
        column: u32,
        offset: u64,
        length: u64,
    ) -> Result<Vec<u8>, AppError> {
        todo!()
    }

    /// Full values of a range as text.
    pub async fn copy(&self, request: CopyRequest) -> Result<Copied, AppError> {
        todo!()
    }
}
