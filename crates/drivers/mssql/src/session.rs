//! A session: a task that owns its connection. It hears what the server says while idle, running or paused, runs one
//! statement at a time, and ends when it is closed or the server is gone.

mod running;
mod task;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use driver::{Cancel, CancelHandle, Error, Link, Message, Run, RunId, SessionState, Statement};
use tokio::sync::{broadcast, mpsc, oneshot, watch};

use crate::{
    cancel::{Canceller, Killer},
    error::PRODUCT,
    session::task::{Command, Task},
    vigil::Vigil,
    wire::Client,
};

/// Messages kept for a reader that is slow.
const MESSAGES: usize = 256;
/// How long [`driver::Session::close`] waits for the task to say that it heard.
const CLOSING: Duration = Duration::from_secs(1);

/// What a session is made of.
pub(crate) struct Parts {
    pub client: Client,
    pub vigil: Arc<Vigil>,
    pub killer: Killer,
    /// A guard of ours refuses what writes; the server knows nothing of it.
    pub read_only: bool,
}

/// Runs that were asked for and have not begun.
#[derive(Clone, Default)]
pub(crate) struct Waiting(Arc<Mutex<HashSet<RunId>>>);

impl Waiting {
    fn insert(&self, run: RunId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(run);
    }

    fn remove(&self, run: RunId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&run);
    }

    fn contains(&self, run: RunId) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&run)
    }
}

/// A session on the server. Dropping it closes it.
pub(crate) struct SqlServerSession {
    commands: mpsc::UnboundedSender<Command>,
    cancel: Arc<dyn Cancel>,
    waiting: Waiting,
    state: watch::Receiver<SessionState>,
    messages: broadcast::Sender<Message>,
    closing: watch::Sender<bool>,
}

impl SqlServerSession {
    /// Reads the session's settings and starts its task.
    ///
    /// # Errors
    /// Those of a broken connection.
    pub(crate) async fn start(parts: Parts) -> Result<Self, Error> {
        let (commands, command_inbox) = mpsc::unbounded_channel();
        let (interrupts, interrupt_inbox) = mpsc::unbounded_channel();
        let (closing, closed) = watch::channel(false);
        let (messages, _) = broadcast::channel(MESSAGES);
        let (state_sender, state) = watch::channel(SessionState::default());
        let waiting = Waiting::default();
        let inboxes = task::Inboxes { commands: command_inbox, interrupts: interrupt_inbox, closed };
        let mut task = Task::new(parts, inboxes, state_sender, messages.clone(), waiting.clone());
        task.begin().await?;
        tokio::spawn(task.work());
        Ok(SqlServerSession {
            commands,
            cancel: Arc::new(Canceller::new(interrupts)),
            waiting,
            state,
            messages,
            closing,
        })
    }

    /// Why nothing can be run any more.
    fn ended(&self) -> Error {
        ended(&self.state.borrow().link)
    }
}

fn ended(link: &Link) -> Error {
    match link {
        Link::Lost(reason) => {
            let mut error = Error::lost(PRODUCT);
            if !reason.is_empty() {
                error.message = reason.clone();
            }
            error
        }
        Link::Up | Link::Closed => Error::new(driver::Code::Unreachable, "The session is closed."),
    }
}

#[async_trait]
impl driver::Session for SqlServerSession {
    fn run(&self, statement: Statement) -> Run {
        let id = RunId::new();
        let (sender, events) = mpsc::channel(driver::EVENT_ROOM);
        self.waiting.insert(id);
        if let Err(refused) = self.commands.send(Command::Run { id, statement, events: sender })
            && let Command::Run { events, .. } = refused.0
        {
            self.waiting.remove(id);
            // There is room: nothing was sent before.
            let _ = events.try_send(Err(self.ended()));
        }
        Run { id, events, cancel: CancelHandle::new(id, Arc::clone(&self.cancel)) }
    }

    fn state(&self) -> watch::Receiver<SessionState> {
        self.state.clone()
    }

    fn messages(&self) -> broadcast::Receiver<Message> {
        self.messages.subscribe()
    }

    async fn ping(&self) -> Result<(), Error> {
        let (answered, answer) = oneshot::channel();
        if self.commands.send(Command::Ping(answered)).is_err() {
            return Err(self.ended());
        }
        match answer.await {
            Ok(result) => result,
            Err(_) => Err(self.ended()),
        }
    }

    async fn close(&self) {
        self.closing.send_replace(true);
        let mut state = self.state.clone();
        let _ = tokio::time::timeout(CLOSING, state.wait_for(|state| state.link != Link::Up)).await;
    }
}

impl Drop for SqlServerSession {
    fn drop(&mut self) {
        self.closing.send_replace(true);
    }
}
