//! Forgetting what is older than the settings say: at the start, and while the process runs.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use crate::App;

/// Far below a day, so that a computer that sleeps in between forgets on the day it should.
const PACE: Duration = Duration::from_secs(60 * 60);

impl App {
    /// Forgets what the settings do not keep any longer. What cannot be forgotten now is tried again.
    async fn forget_old(&self) {
        if let Err(error) = self.forget_old_history().await {
            tracing::warn!(%error, "old history stays for now");
        }
        if let Err(error) = self.forget_old_audit().await {
            tracing::warn!(%error, "old lines of the audit trail stay for now");
        }
    }
}

/// Forgets now, and from then on for as long as the core lives.
pub(crate) async fn begin(app: &Arc<App>) {
    app.forget_old().await;
    tokio::spawn(go_on(Arc::downgrade(app), PACE));
}

async fn go_on(app: Weak<App>, pace: Duration) {
    loop {
        tokio::time::sleep(pace).await;
        let Some(app) = app.upgrade() else { return };
        app.forget_old().await;
    }
}

#[cfg(test)]
mod tests;
