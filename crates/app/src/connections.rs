use crate::{App, api::*};

impl App {
    /// Opens a connection, or returns the open one.
    pub async fn connect(&self, profile_id: &str) -> Result<ConnectionState, AppError> {
        todo!()
    }

    /// Closes a connection and its sessions; always local and immediate.
    pub async fn disconnect(&self, profile_id: &str) -> Result<(), AppError> {
        todo!()
    }

    /// Every connection that is not closed.
    pub fn connection_states(&self) -> Vec<ConnectionState> {
        todo!()
    }

    /// Answers a question.
    pub fn answer(&self, id: &str, answer: AnswerInput) -> Result<(), AppError> {
        todo!()
    }
}
