use crate::{App, api::*};

impl App {
    /// The drivers and their connect forms.
    pub fn drivers(&self) -> Vec<DriverForm> {
        todo!()
    }

    /// Saved connections, the sample included.
    pub async fn profiles(&self) -> Result<Vec<ConnectionProfile>, AppError> {
        todo!()
    }

    /// Saves a connection; its password goes to the keychain or nowhere.
    pub async fn save_profile(&self, draft: ProfileDraft) -> Result<ConnectionProfile, AppError> {
        todo!()
    }

    /// Copies a connection under a new name, its stored password too.
    pub async fn duplicate_profile(&self, id: &str) -> Result<ConnectionProfile, AppError> {
        todo!()
    }

    /// Removes a connection and its stored password.
    pub async fn remove_profile(&self, id: &str) -> Result<(), AppError> {
        todo!()
    }

    /// Reads a URL or file path into the form's values.
    pub async fn parse_target(&self, text: &str) -> Result<ParsedTarget, AppError> {
        todo!()
    }

    /// Connects as `connect` does, tells the hops, and closes again.
    pub async fn test_profile(&self, draft: ProfileDraft) -> Result<TestReport, AppError> {
        todo!()
    }

    /// The sample's profile; makes the database where it is missing.
    pub async fn open_sample(&self) -> Result<ConnectionProfile, AppError> {
        todo!()
    }
}
