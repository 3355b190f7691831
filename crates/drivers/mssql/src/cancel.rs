//! The cancel of a run: the session's task stops it, because only the task knows what runs. Where the server does not acknowledge
//! that, the session is ended from outside, as far as the login may.

use std::sync::Arc;

use async_trait::async_trait;
use driver::{Cancel, Error, RunId};
use tokio::sync::{mpsc, oneshot};

use crate::control::ControlSession;

/// Ends sessions from outside, over the control connection.
#[derive(Clone)]
pub(crate) struct Killer {
    control: Arc<ControlSession>,
}

impl Killer {
    pub(crate) fn new(control: Arc<ControlSession>) -> Self {
        Killer { control }
    }

    /// Asks for the end of a session; what comes of it is seen by its connection.
    pub(crate) fn kill(&self, session: u16) -> oneshot::Receiver<Result<(), Error>> {
        let (answered, answer) = oneshot::channel();
        let control = Arc::clone(&self.control);
        tokio::spawn(async move {
            let asked = control.query(&format!("KILL {session}")).await;
            let _ = answered.send(asked.map(drop).map_err(Error::from));
        });
        answer
    }
}

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
