use crate::{App, api::*};

impl App {
    /// The statements and placeholders of a text.
    pub fn outline(&self, driver: &str, text: &str) -> Result<Outline, AppError> {
        todo!()
    }

    /// What could stand at the caret.
    pub async fn complete(&self, request: CompletionRequest) -> Result<Completions, AppError> {
        todo!()
    }

    /// The text laid out anew.
    pub fn format_sql(&self, driver: &str, text: &str) -> Result<String, AppError> {
        todo!()
    }
}
