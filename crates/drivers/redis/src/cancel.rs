//! The cancel of a run: the session's task stops it, because only the task knows what runs.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use driver::{Cancel, Code, Error, RunId};
use route::Endpoint;
use tokio::sync::{mpsc, oneshot};

use crate::{
    connect::Opener,
    error::{broken, refused},
    wire::{Client, Value},
};

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

/// What became of an attempt to stop a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// The server ended it.
    Done,
    /// It does not wait for anything: it has not begun, or it has ended.
    Idle,
}

/// How long a server that is busy is waited for: after five seconds (`busy-reply-threshold`) it answers during a script.
const PATIENCE: Duration = Duration::from_secs(6);

/// Stops what a connection of the server runs: unblocks what blocks, ends the script that keeps the server busy.
///
/// # Errors
/// `Unsupported` where the server works on a command that nothing can stop; `Unreachable`, `Forbidden`.
pub(crate) async fn stop(opener: Arc<Opener>, endpoint: Endpoint, connection: u64) -> Result<Stopped, Error> {
    let ask = async {
        let mut client = opener.open_at(&endpoint, "cancel", 0).await?;
        let stopped = stop_over(&mut client, connection).await;
        client.close().await;
        stopped
    };
    match tokio::time::timeout(PATIENCE, ask).await {
        Ok(stopped) => stopped,
        Err(_) => Err(busy()),
    }
}

fn busy() -> Error {
    Error::new(Code::Unsupported, "The server works on one command at a time and cannot be asked to stop this one.")
        .with_hint("Its reply is dropped when it comes.")
}

/// As [`stop`], over a connection that is there.
pub(crate) async fn stop_over(client: &mut Client, connection: u64) -> Result<Stopped, Error> {
    let unblocked = client.ask(&["CLIENT", "UNBLOCK", &connection.to_string(), "ERROR"]).await.map_err(broken)?;
    let Value::Error(said) = unblocked else {
        return Ok(if unblocked.integer() == Some(1) { Stopped::Done } else { Stopped::Idle });
    };
    if said.code != "BUSY" {
        return Err(refused(&said, &[]));
    }
    // What keeps the server busy may be a function, which is ended by another command.
    for words in [["SCRIPT", "KILL"], ["FUNCTION", "KILL"]] {
        match client.ask(&words).await.map_err(broken)? {
            Value::Error(said) if said.code == "UNKILLABLE" => {
                return Err(Error { code: Code::Unsupported, ..refused(&said, &[]) });
            }
            Value::Error(said) if said.code == "NOTBUSY" || said.code == "BUSY" => {}
            Value::Error(said) => return Err(refused(&said, &[])),
            _ => return Ok(Stopped::Done),
        }
    }
    Ok(Stopped::Idle)
}
