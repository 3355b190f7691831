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

    /// Reads a text file.
    pub async fn open_file(&self, path: &str) -> Result<OpenedFile, AppError> {
        todo!()
    }

    /// Whether a file is still what it was.
    pub async fn file_state(&self, path: &str, stamp: &str) -> Result<FileState, AppError> {
        todo!()
    }

    /// Writes a text file, whole or not at all; `Conflict` when another program changed it.
    pub async fn save_file(&self, request: SaveFile) -> Result<OpenedFile, AppError> {
        todo!()
    }
}
