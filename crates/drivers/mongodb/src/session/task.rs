//! The task behind a session: its life between statements.

use std::{collections::HashSet, sync::Arc, time::Duration};

use bytes::Bytes;
use driver::{
    Error, Event, Link, RunId, SessionState, Statement, Transaction,
    vigil::{self, Awaited, Silence},
};
use tokio::sync::{mpsc, oneshot, watch};

use super::{Parts, Waiting, ended, running::Run};
use crate::{
    bson::{self, Writer},
    cancel::{Beside, Interrupt},
    error::broken,
    language::new_uuid,
    vigil::Vigil,
    wire::{self, Client, Part},
};

/// A command of our own that takes longer than this means a server that does not answer.
const OWN_COMMAND: Duration = Duration::from_secs(20);
/// How long the server may take to stop what a closed session left behind.
const FAREWELL: Duration = Duration::from_secs(5);

/// What a session is asked to do, in order.
pub(crate) enum Command {
    Run { id: RunId, statement: Statement, events: mpsc::Sender<Result<Event, Error>> },
    Ping(oneshot::Sender<Result<(), Error>>),
}

pub(crate) struct Inboxes {
    pub commands: mpsc::UnboundedReceiver<Command>,
    pub interrupts: mpsc::UnboundedReceiver<Interrupt>,
    pub closed: watch::Receiver<bool>,
}

/// Why a session's task ends.
pub(crate) enum End {
    /// Somebody closed it.
    Closed,
    /// The server is gone or of no further use.
    Lost(Box<Error>),
}

impl From<wire::Error> for End {
    fn from(error: wire::Error) -> Self {
        End::Lost(Box::new(broken(error)))
    }
}

pub(crate) struct Task {
    pub(super) client: Client,
    pub(super) beside: Arc<dyn Beside>,
    pub(super) vigil: Arc<Vigil>,
    pub(super) read_only: bool,
    pub(super) database: String,
    preference: &'static str,
    /// The session's id on the server, where it knows sessions.
    pub(super) session: Option<[u8; 16]>,
    pub(super) commands: mpsc::UnboundedReceiver<Command>,
    pub(super) interrupts: mpsc::UnboundedReceiver<Interrupt>,
    pub(super) closed: watch::Receiver<bool>,
    pub(super) state: watch::Sender<SessionState>,
    pub(super) waiting: Waiting,
    /// Runs cancelled before they began.
    pub(super) doomed: HashSet<RunId>,
}

/// Completes when the session is to be closed.
pub(super) async fn closing(closed: &mut watch::Receiver<bool>) {
    // An error means that the session was dropped, which is the same.
    let _ = closed.wait_for(|closed| *closed).await;
}

/// What goes with one command besides what the statement says.
#[derive(Default)]
pub(super) struct Extras<'a> {
    /// How the operation is found again.
    pub comment: Option<&'a str>,
    /// Longest time on the server.
    pub limit: Option<Duration>,
    /// The read preference of the statement.
    pub preference: Option<&'a str>,
}

impl Task {
    pub(super) fn new(parts: Parts, inboxes: Inboxes, waiting: Waiting) -> (Self, watch::Receiver<SessionState>) {
        let hello = parts.client.hello();
        let session = if hello.sessions { new_uuid() } else { None };
        let (state, reader) = watch::channel(SessionState {
            database: Some(parts.database.clone()),
            search_path: Some(parts.database.clone()),
            user: parts.user,
            server_id: hello.connection.map(|number| number.to_string()),
            read_only: parts.read_only,
            ..SessionState::default()
        });
        let task = Task {
            client: parts.client,
            beside: parts.beside,
            vigil: parts.vigil,
            read_only: parts.read_only,
            database: parts.database,
            preference: parts.preference,
            session,
            commands: inboxes.commands,
            interrupts: inboxes.interrupts,
            closed: inboxes.closed,
            state,
            waiting,
            doomed: HashSet::new(),
        };
        (task, reader)
    }

    pub(super) async fn work(mut self) {
        let mut silence = Silence::new();
        let end = loop {
            tokio::select! {
                biased;
                () = closing(&mut self.closed) => break End::Closed,
                Some(interrupt) = self.interrupts.recv() => self.interrupt_waiting(interrupt),
                command = self.commands.recv() => {
                    let done = match command {
                        None => break End::Closed,
                        Some(Command::Run { id, statement, events }) => {
                            self.waiting.remove(id);
                            self.execute(Run::new(id, statement, events)).await
                        }
                        Some(Command::Ping(answered)) => self.ping(answered).await,
                    };
                    if let Err(end) = done {
                        break end;
                    }
                    silence = Silence::new();
                }
                lost = silence.lost(&(), Awaited::Nothing) => if lost {
                    break self.silent();
                },
                () = tokio::time::sleep(vigil::LOOK) => {
                    // Only while somebody besides the session itself looks at the state: else the next statement finds out.
                    if self.state.receiver_count() > 1 {
                        silence.look(&self.vigil, &(), Awaited::Nothing);
                    }
                }
                // A server says nothing unasked: this ends when it hangs up, or talks out of turn.
                heard = self.client.receive() => match heard {
                    Ok(_) => break End::from(wire::Error::Protocol("a reply that nobody asked for")),
                    Err(error) => break End::from(error),
                },
            }
        };
        self.end(end).await;
    }

    async fn end(mut self, end: End) {
        let link = match end {
            End::Closed => Link::Closed,
            End::Lost(error) => Link::Lost(error.message),
        };
        let was_running = self.state.borrow().running.is_some();
        self.state.send_modify(|state| {
            state.link = link.clone();
            state.running = None;
        });
        // Every run ends with the session: a cancel that has not been looked at is done.
        self.interrupts.close();
        while let Ok(interrupt) = self.interrupts.try_recv() {
            let _ = interrupt.delivered.send(Ok(()));
        }
        self.commands.close();
        while let Ok(command) = self.commands.try_recv() {
            match command {
                Command::Run { id, events, .. } => {
                    self.waiting.remove(id);
                    let _ = events.try_send(Err(ended(&link)));
                }
                Command::Ping(answered) => {
                    let _ = answered.send(Err(ended(&link)));
                }
            }
        }
        // A server that works or keeps a cursor would not notice for long that we are gone.
        if was_running && let Some(session) = self.session {
            let _ = tokio::time::timeout(FAREWELL, self.beside.kill(session, true)).await;
        }
        if link == Link::Closed {
            self.client.close().await;
        }
    }

    /// The end of a session whose server gives no sign of life.
    pub(super) fn silent(&self) -> End {
        End::Lost(Box::new(self.vigil.lost()))
    }

    /// Handles a cancel of a run that is not the current one.
    pub(super) fn interrupt_waiting(&mut self, interrupt: Interrupt) {
        if self.waiting.contains(interrupt.run) {
            self.doomed.insert(interrupt.run);
        }
        let _ = interrupt.delivered.send(Ok(()));
    }

    /// No transactions are begun in a session: each write is one of its own.
    pub(super) fn transaction() -> Transaction {
        Transaction::Idle
    }

    pub(super) fn set_database(&mut self, name: String) {
        self.database.clone_from(&name);
        self.state.send_modify(|state| {
            state.database = Some(name.clone());
            state.search_path = Some(name);
        });
    }

    async fn ping(&mut self, answered: oneshot::Sender<Result<(), Error>>) -> Result<(), End> {
        let ping = self.complete("admin", &bson::document(|writer| _ = writer.int32("ping", 1)), &Extras::default());
        let result = self.own(&ping).await.map(drop);
        let _ = answered.send(match &result {
            Ok(()) => Ok(()),
            Err(End::Closed) => Err(ended(&Link::Closed)),
            Err(End::Lost(error)) => Err((**error).clone()),
        });
        result
    }

    /// A command with what belongs to the session.
    pub(super) fn complete(&self, database: &str, command: &[u8], extras: &Extras<'_>) -> Vec<u8> {
        let name = bson::elements(command).ok().and_then(|mut all| all.next()?.ok()).map(|first| first.name());
        let name = name.as_deref().unwrap_or_default();
        let mut writer = Writer::continuing(command);
        writer.string("$db", database);
        if let Some(session) = self.session {
            writer.with("lsid", |lsid| _ = lsid.binary("id", 4, &session));
        }
        let hello = self.client.hello();
        // Every command takes a comment since 4.4, those that read since 3.6.
        let commented = hello.wire >= 9 || matches!(name, "find" | "aggregate");
        if let Some(comment) = extras.comment.filter(|_| commented && bson::get(command, "comment").is_none()) {
            writer.string("comment", comment);
        }
        if let Some(limit) = extras.limit.filter(|_| bson::get(command, "maxTimeMS").is_none()) {
            writer.int64("maxTimeMS", i64::try_from(limit.as_millis()).unwrap_or(i64::MAX).clamp(1, 2_147_483_647));
        }
        let mode = match (extras.preference, hello.part) {
            (Some(mode), part) if part != Part::Standalone => Some(mode),
            (_, Part::Router) if self.preference != "primary" => Some(self.preference),
            // A secondary that we are led to on purpose answers, too.
            (_, Part::Secondary | Part::Other) => Some("primaryPreferred"),
            _ => None,
        };
        if let Some(mode) = mode.filter(|_| bson::get(command, "$readPreference").is_none()) {
            writer.with("$readPreference", |preference| _ = preference.string("mode", mode));
        }
        writer.finish()
    }

    /// Runs a complete command of our own, whatever the server says to it.
    pub(super) async fn own(&mut self, command: &[u8]) -> Result<Bytes, End> {
        self.client.send(command).await?;
        let until = tokio::time::Instant::now() + OWN_COMMAND;
        let mut silence = Silence::new();
        let awaited = Awaited::Answer(0);
        loop {
            tokio::select! {
                biased;
                () = closing(&mut self.closed) => return Err(End::Closed),
                lost = silence.lost(&(), awaited) => if lost {
                    return Err(self.silent());
                },
                reply = self.client.receive() => return Ok(reply?),
                () = tokio::time::sleep(vigil::LOOK) => {
                    silence.look(&self.vigil, &(), awaited);
                    if tokio::time::Instant::now() > until {
                        return Err(wire::Error::TimedOut(OWN_COMMAND).into());
                    }
                }
            }
        }
    }
}
