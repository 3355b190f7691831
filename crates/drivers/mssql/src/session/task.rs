//! The task behind a session: its life between batches.

use std::{
    collections::{HashSet, VecDeque},
    sync::Arc,
    time::Duration,
};

use driver::{
    Error, Event, Link, Message, RunId, SessionState, Statement, Transaction, ValueContext,
    vigil::{self, Awaited, Silence},
};
use tokio::sync::{broadcast, mpsc, oneshot, watch};

use super::{Parts, Waiting, ended, running::Run};
use crate::{
    cancel::{Interrupt, Killer},
    error::{broken, notice, refused},
    rows::{Rows, read_batch},
    vigil::Vigil,
    wire::{self, Change, Client, Report},
};

/// A batch of our own that takes longer than this means a server that does not answer.
const OWN_BATCH: Duration = Duration::from_secs(20);
/// How long the server may take to stop what a closed session left behind.
const FAREWELL: Duration = Duration::from_secs(2);

/// What is worth knowing of a session and is not told with every answer.
const SETTINGS: &str = "SELECT CAST(@@SPID AS nvarchar(10)), SUSER_SNAME(), DB_NAME(), SCHEMA_NAME(), \
     CAST(DATABASEPROPERTYEX(DB_NAME(), 'Collation') AS nvarchar(128)), CAST(@@LANGUAGE AS nvarchar(128))";

/// Cells of its row.
const ANSWERS: usize = 6;

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
    pub(super) vigil: Arc<Vigil>,
    pub(super) killer: Killer,
    pub(super) read_only: bool,
    pub(super) commands: mpsc::UnboundedReceiver<Command>,
    pub(super) interrupts: mpsc::UnboundedReceiver<Interrupt>,
    pub(super) closed: watch::Receiver<bool>,
    pub(super) state: watch::Sender<SessionState>,
    pub(super) messages: broadcast::Sender<Message>,
    pub(super) waiting: Waiting,
    /// Runs cancelled before they began.
    pub(super) doomed: HashSet<RunId>,
    pub(super) context: ValueContext,
    /// The server's last words, which say why it hung up.
    last_words: Option<Report>,
    /// The server's number for this session.
    session: u16,
}

/// Completes when the session is to be closed.
pub(super) async fn closing(closed: &mut watch::Receiver<bool>) {
    // An error means that the session was dropped, which is the same.
    let _ = closed.wait_for(|closed| *closed).await;
}

impl Task {
    pub(super) fn new(
        parts: Parts,
        inboxes: Inboxes,
        state: watch::Sender<SessionState>,
        messages: broadcast::Sender<Message>,
        waiting: Waiting,
    ) -> Self {
        Task {
            client: parts.client,
            vigil: parts.vigil,
            killer: parts.killer,
            read_only: parts.read_only,
            commands: inboxes.commands,
            interrupts: inboxes.interrupts,
            closed: inboxes.closed,
            state,
            messages,
            waiting,
            doomed: HashSet::new(),
            context: ValueContext::default(),
            last_words: None,
            session: 0,
        }
    }

    /// Reads the session's settings.
    pub(super) async fn begin(&mut self) -> Result<(), Error> {
        match self.refresh().await {
            Ok(()) => {
                // Met once, it is missed when it is gone.
                let (vigil, backend) = (Arc::clone(&self.vigil), self.backend());
                tokio::spawn(async move { vigil.glance(&backend).await });
                let read_only = self.read_only;
                self.state.send_modify(|state| state.read_only = read_only);
                Ok(())
            }
            Err(End::Lost(error)) => Err(*error),
            Err(End::Closed) => Err(ended(&Link::Closed)),
        }
    }

    pub(super) async fn work(mut self) {
        let mut silence = Silence::new();
        let end = loop {
            let backend = self.backend();
            tokio::select! {
                biased;
                () = closing(&mut self.closed) => break End::Closed,
                Some(interrupt) = self.interrupts.recv() => self.interrupt_waiting(interrupt),
                command = self.commands.recv() => {
                    let done = match command {
                        None => break End::Closed,
                        Some(Command::Run { id, statement, events }) => {
                            self.waiting.remove(id);
                            let run = Run::new(id, statement, events);
                            self.execute(run).await
                        }
                        Some(Command::Ping(answered)) => self.ping(answered).await,
                    };
                    if let Err(end) = done {
                        break end;
                    }
                    silence = Silence::new();
                }
                lost = silence.lost(&backend, Awaited::Nothing) => if lost {
                    break self.silent();
                },
                () = tokio::time::sleep(vigil::LOOK) => {
                    // Only while somebody besides the session itself looks at the state: else the next batch finds out.
                    if self.state.receiver_count() > 1 {
                        silence.look(&self.vigil, &backend, Awaited::Nothing);
                    }
                }
                event = self.client.next() => {
                    silence.broken();
                    let heard = match event {
                        Ok(event) => self.overheard(event),
                        Err(error) => Err(self.lost(error)),
                    };
                    if let Err(end) = heard {
                        break end;
                    }
                }
            }
        };
        self.end(end).await;
    }

    async fn end(mut self, end: End) {
        let link = match end {
            End::Closed => Link::Closed,
            End::Lost(error) => Link::Lost(error.message),
        };
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
        if link == Link::Closed {
            // A server that works or waits might not notice for long that we are gone.
            if self.client.is_answering() {
                self.client.attention();
                let stopped = async { while !matches!(self.client.next().await, Ok(wire::Event::Ended) | Err(_)) {} };
                let _ = tokio::time::timeout(FAREWELL, stopped).await;
            }
            self.client.close().await;
        }
    }

    /// The reason the connection is gone: the server's last words, where it had some.
    pub(super) fn lost(&mut self, error: wire::Error) -> End {
        match self.last_words.take() {
            Some(report) => End::Lost(Box::new(Error { code: driver::Code::Unreachable, ..refused(&report, "") })),
            None => End::from(error),
        }
    }

    /// The server's last words, kept for the state.
    pub(super) fn fatal(&mut self, report: Report) -> End {
        self.last_words = Some(report);
        self.lost(wire::Error::Closed)
    }

    /// The end of a session whose server gives no sign of life.
    pub(super) fn silent(&self) -> End {
        End::Lost(Box::new(self.vigil.lost()))
    }

    /// By what the server knows this session.
    pub(super) fn backend(&self) -> Option<u16> {
        Some(self.session).filter(|session| *session > 0)
    }

    /// Handles a cancel of a run that is not the current one.
    pub(super) fn interrupt_waiting(&mut self, interrupt: Interrupt) {
        if self.waiting.contains(interrupt.run) {
            self.doomed.insert(interrupt.run);
        }
        let _ = interrupt.delivered.send(Ok(()));
    }

    /// Handles what the server says outside of an answer's own rows and ends.
    pub(super) fn overheard(&mut self, event: wire::Event) -> Result<(), End> {
        match event {
            wire::Event::Changed(change) => self.changed(change),
            wire::Event::Message(report) => {
                let _ = self.messages.send(Message::Notice(notice(&report)));
            }
            wire::Event::Failed(report) => {
                let _ = self.messages.send(Message::Notice(notice(&report)));
                self.last_words = Some(*report);
            }
            // Nothing else may come now: whoever talks like this would mix up our runs.
            _ => return Err(End::from(wire::Error::Protocol(wire::Violation::OutOfTurn))),
        }
        Ok(())
    }

    pub(super) fn changed(&mut self, change: Change) {
        match change {
            Change::Database(name) => self.state.send_modify(|state| state.database = Some(name)),
            Change::Language(value) => {
                self.context.date_style.clone_from(&value);
                let _ = self.messages.send(Message::Parameter { name: "language".to_owned(), value });
            }
            Change::Begun(_) | Change::Ended => {
                let transaction = self.transaction();
                self.state.send_if_modified(|state| {
                    let changed = state.transaction != transaction;
                    state.transaction = transaction;
                    changed
                });
            }
            Change::PacketSize(_) | Change::Routed { .. } | Change::Other => {}
        }
    }

    pub(super) fn transaction(&self) -> Transaction {
        // A transaction that can only be rolled back is one within a batch; the server rolls it back at its end.
        if self.client.transaction() == 0 { Transaction::Idle } else { Transaction::Open }
    }

    async fn ping(&mut self, answered: oneshot::Sender<Result<(), Error>>) -> Result<(), End> {
        self.client.ping();
        let result = self.own_answer().await.map(drop);
        let _ = answered.send(match &result {
            Ok(()) => Ok(()),
            Err(End::Closed) => Err(ended(&Link::Closed)),
            Err(End::Lost(error)) => Err((**error).clone()),
        });
        result
    }

    /// Runs a batch of our own and gives its rows' texts, or the server's refusal.
    pub(super) async fn own(&mut self, text: &str) -> Result<Result<Rows, Box<Report>>, End> {
        self.client.batch(text);
        self.own_answer().await
    }

    async fn own_answer(&mut self) -> Result<Result<Rows, Box<Report>>, End> {
        let mut rows = Vec::new();
        let mut failed = None;
        let until = tokio::time::Instant::now() + OWN_BATCH;
        let mut silence = Silence::new();
        let (backend, awaited) = (self.backend(), Awaited::Answer(0));
        loop {
            let event = tokio::select! {
                biased;
                () = closing(&mut self.closed) => return Err(End::Closed),
                lost = silence.lost(&backend, awaited) => match lost {
                    true => return Err(self.silent()),
                    false => continue,
                },
                event = self.client.next() => match event {
                    Ok(event) => event,
                    Err(error) => return Err(self.lost(error)),
                },
                () = tokio::time::sleep(vigil::LOOK) => {
                    silence.look(&self.vigil, &backend, awaited);
                    if tokio::time::Instant::now() > until {
                        return Err(wire::Error::TimedOut(OWN_BATCH).into());
                    }
                    continue;
                }
            };
            silence.broken();
            match event {
                wire::Event::Columns(_) | wire::Event::Done(_) => {}
                wire::Event::Batch(batch) => read_batch(&mut rows, &batch),
                wire::Event::Ended => return Ok(failed.map_or(Ok(rows), Err)),
                wire::Event::Failed(report) if report.is_fatal() => return Err(self.fatal(*report)),
                wire::Event::Failed(report) => failed = failed.or(Some(report)),
                other => self.overheard(other)?,
            }
        }
    }

    /// Reads the settings that the server does not tell by itself.
    pub(super) async fn refresh(&mut self) -> Result<(), End> {
        let Ok(rows) = self.own(SETTINGS).await? else {
            // A server that imitates this one may not have them all: then they are not known.
            return Ok(());
        };
        // In a mode that answers with plans there is one beside the row, or in place of it.
        let Some(row) = rows.into_iter().find(|row| row.len() == ANSWERS) else { return Ok(()) };
        let mut values: VecDeque<Option<String>> = row.into();
        let mut next = || values.pop_front().flatten();
        let (session, user, database, schema) = (next(), next(), next(), next());
        self.context.collation = next().unwrap_or_default();
        self.context.date_style = next().unwrap_or_default();
        self.session = session.as_ref().and_then(|id| id.parse().ok()).unwrap_or(self.session);
        self.state.send_if_modified(|state| {
            let before = state.clone();
            state.user = user;
            state.search_path = schema;
            state.database = database.or(state.database.take());
            state.server_id = session.or(state.server_id.take());
            *state != before
        });
        Ok(())
    }
}
