//! A session: a task that owns its connection. It hears what the server says while idle, running or paused, runs one
//! statement at a time, and ends when it is closed or the server is gone.

mod batch;
mod running;
mod task;
mod written;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use driver::{Cancel, CancelHandle, Error, Link, Message, Run, RunId, SessionState, Statement};
use tokio::sync::{broadcast, mpsc, oneshot, watch};

use crate::{
    cancel::{Beside, Canceller},
    error::PRODUCT,
    session::task::{Command, Task},
    vigil::Vigil,
    wire::Client,
};

/// Messages kept for a reader that is slow.
const MESSAGES: usize = 16;
/// How long [`driver::Session::close`] waits for the task to say that it heard.
const CLOSING: Duration = Duration::from_secs(1);

/// What a session is made of.
pub(crate) struct Parts {
    pub client: Client,
    pub beside: Arc<dyn Beside>,
    pub vigil: Arc<Vigil>,
    /// A guard of ours refuses writes: the server has no sessions that only read.
    pub read_only: bool,
    pub database: String,
    pub user: Option<String>,
    /// The read preference of the connection, by the protocol's name.
    pub preference: &'static str,
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
pub(crate) struct MongoSession {
    commands: mpsc::UnboundedSender<Command>,
    cancel: Arc<dyn Cancel>,
    waiting: Waiting,
    state: watch::Receiver<SessionState>,
    messages: broadcast::Sender<Message>,
    closing: watch::Sender<bool>,
}

impl MongoSession {
    /// Starts its task.
    pub(crate) fn start(parts: Parts) -> Self {
        let (commands, command_inbox) = mpsc::unbounded_channel();
        let (interrupts, interrupt_inbox) = mpsc::unbounded_channel();
        let (closing, closed) = watch::channel(false);
        let (messages, _) = broadcast::channel(MESSAGES);
        let waiting = Waiting::default();
        let inboxes = task::Inboxes { commands: command_inbox, interrupts: interrupt_inbox, closed };
        let (task, state) = Task::new(parts, inboxes, waiting.clone());
        tokio::spawn(task.work());
        MongoSession { commands, cancel: Arc::new(Canceller::new(interrupts)), waiting, state, messages, closing }
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
                error.message.clone_from(reason);
            }
            error
        }
        Link::Up | Link::Closed => Error::new(driver::Code::Unreachable, "The session is closed."),
    }
}

#[async_trait]
impl driver::Session for MongoSession {
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

impl Drop for MongoSession {
    fn drop(&mut self) {
        self.closing.send_replace(true);
    }
}
