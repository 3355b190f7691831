//! The cancel of a run: the session's task stops it, because only the task knows what runs.

use async_trait::async_trait;
use driver::{Cancel, Error, RunId};
use tokio::sync::{mpsc, oneshot};

/// Somebody wants a run stopped.
pub(crate) struct Interrupt {
    pub run: RunId,
    pub delivered: oneshot::Sender<Result<(), Error>>,
}

/// Hands interrupts to a session's task.
pub(crate) struct Canceller {
    interrupts: mpsc::UnboundedSender<Interrupt>,
}

impl Canceller {
    pub(crate) fn new(interrupts: mpsc::UnboundedSender<Interrupt>) -> Self {
        Canceller { interrupts }
    }
}

#[async_trait]
impl Cancel for Canceller {
    async fn cancel(&self, run: RunId) -> Result<(), Error> {
        let (delivered, answer) = oneshot::channel();
        if self.interrupts.send(Interrupt { run, delivered }).is_err() {
            // The session has ended, and every run with it.
            return Ok(());
        }
        answer.await.unwrap_or(Ok(()))
    }
}
