use crate::{App, api::*};

impl App {
    /// The program and where it keeps things.
    pub async fn about(&self) -> About {
        todo!()
    }

    /// Writes, reads and deletes a test entry in the OS keychain.
    pub async fn probe_keychain(&self) -> KeychainState {
        todo!()
    }
}
