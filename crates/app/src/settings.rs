use crate::{App, api::*};

impl App {
    /// The settings.
    pub async fn settings(&self) -> Result<Settings, AppError> {
        todo!()
    }

    /// Keeps the settings, values out of range brought into it.
    pub async fn save_settings(&self, settings: Settings) -> Result<Settings, AppError> {
        todo!()
    }
}
