//! The program itself.

use crate::{
    App,
    api::{About, KeychainState},
    platform::rendering,
    sample,
};

impl App {
    /// The program and where it keeps things.
    pub async fn about(&self) -> About {
        About {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            home: self.home().display().to_string(),
            platform: std::env::consts::OS.to_owned(),
            rendering: rendering::decide(self.home()).reason.to_owned(),
            keychain: self.keychain.last_probe(),
            sample_tables: sample::summary().tables,
            sample_rows: u32::try_from(sample::summary().rows).unwrap_or(u32::MAX),
        }
    }

    /// Writes, reads and deletes a test entry in the OS keychain.
    pub async fn probe_keychain(&self) -> KeychainState {
        self.keychain.probe().await
    }
}
